#include "io/pickle.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using namespace brain::io;
using Catch::Contains;
using namespace std::string_literals;

namespace {

Value load(const std::string& pickle) { return read_pickle(Bytes::from(pickle), "p"); }

}  // namespace

TEST_CASE("numbers, text and containers of every protocol") {
  CHECK(load("N.").is_null());
  CHECK(*load("\x80\x02\x88.").boolean());
  CHECK(*load("I01\n.").boolean());
  CHECK(*load("I-12\n.").integer() == -12);
  CHECK(*load("L12L\n.").integer() == 12);
  CHECK(load("L123456789012345678901234567890L\n.").as<BigInteger>()->decimal ==
        "123456789012345678901234567890");
  CHECK(*load("F2.5\n.").number() == 2.5);
  CHECK(*load("G\x3f\xe0\0\0\0\0\0\0."s).number() == 0.5);
  CHECK(*load("J\xfe\xff\xff\xff.").integer() == -2);
  CHECK(*load("\x8a\x02\xff\x7f.").integer() == 32767);
  CHECK(*load("\x8a\x00."s).integer() == 0);
  CHECK(load("\x8a\x09\0\0\0\0\0\0\0\0\x01."s).as<BigInteger>()->decimal == "18446744073709551616");
  CHECK(load("\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\xfe.").as<BigInteger>()->decimal ==
        "-18446744073709551617");
  CHECK(load("X\x02\0\0\0hi."s).as<Text>()->view() == "hi");
  CHECK(load("S'hi'\n.").as<Text>()->view() == "hi");
  CHECK(load("Vhi\n.").as<Text>()->view() == "hi");
  CHECK(load("C\x02\0\xff."s).as<Blob>()->bytes.size == 2);
  CHECK(load("(K\x01K\x02l.").as<List>()->items.size() == 2);
  CHECK(load("](K\x01K\x02"
             "e.")
            .as<List>()
            ->items.size() == 2);
  CHECK(load("(K\x01K\x02t.").as<Tuple>()->items.size() == 2);
  CHECK(*load("(K\x01K\x02"
              "d.")
             .as<Dict>()
             ->items()[0]
             .second.integer() == 2);
  CHECK(load("\x80\x04\x8f(K\x01\x90.").as<Set>()->items.size() == 1);
  CHECK(load("\x80\x04\x95\x02\0\0\0\0\0\0\0N."s).is_null());
}

TEST_CASE("the memo shares objects") {
  const Value list = load(
      "](]q\x05h\x05"
      "e.");
  const auto& items = *sequence(list);
  REQUIRE(items.size() == 2);
  CHECK(items[0].node()->get() == items[1].node()->get());
}

TEST_CASE("objects of unknown classes are records; nothing is called") {
  const Value value = load("cmine\nThing\n)\x81}X\x01\0\0\0xK\x05sb."s);
  const auto* record = value.as<Record>();
  REQUIRE(record);
  CHECK(record->name == "mine.Thing");
  CHECK(*record->state.as<Dict>()->find("x")->integer() == 5);
  const auto list = load(
      "cmine\nListOf\n)\x81K\x05"
      "aX\x01\0\0\0kK\x06s."s);
  CHECK(list.as<Record>()->items.as<List>()->items.size() == 1);
  CHECK(*list.as<Record>()->entries.as<Dict>()->find("k")->integer() == 6);
  CHECK_THROWS_WITH(load("cos\nsystem\n(X\x02\0\0\0lstR."s), Contains("os.system, which could run code"));
  CHECK_THROWS_WITH(load("cbuiltins\neval\n."), Contains("builtins.eval"));
  CHECK_THROWS_WITH(load("c__builtin__\n__import__\n."), Contains("__import__"));
}

TEST_CASE("persistent ids go to the callback, and are errors without one") {
  Cursor cursor(Bytes::from("X\x01\0\0\0kQ."s), "p");
  Unpickler machine(cursor, [](const Value& id) { return Value(std::string(id.as<Text>()->view()) == "k"); });
  CHECK(*machine.load().boolean());
  CHECK_THROWS_WITH(load("X\x01\0\0\0kQ."s), Contains("outside of the pickle"));
}

TEST_CASE("pickles that are wrong are refused") {
  CHECK_THROWS_WITH(load(""), Contains("p: byte 0: expected 1 more bytes"));
  CHECK_THROWS_WITH(load("."), Contains("expected an operand"));
  CHECK_THROWS_WITH(load("N"), Contains("expected 1 more"));
  CHECK_THROWS_WITH(load("N.N"), Contains("more follows"));
  CHECK_THROWS_WITH(load("\xfe."), Contains("unknown pickle instruction 254"));
  CHECK_THROWS_WITH(load("\x80\x09N."), Contains("unknown protocol 9"));
  CHECK_THROWS_WITH(load("h\x09."), Contains("memo number 9 was never set"));
  CHECK_THROWS_WITH(load("Nr\xff\xff\xff\x7f."), Contains("out of range"));
  CHECK_THROWS_WITH(load("N(Na."), Contains("expected an operand"));
  CHECK_THROWS_WITH(load("K\x01K\x02"
                         "a."),
                    Contains("expected a list to append to, found int"));
  CHECK_THROWS_WITH(load("]K\x01K\x02s."), Contains("expected a dict"));
  CHECK_THROWS_WITH(load("}(K\x01u."), Contains("odd number"));
  CHECK_THROWS_WITH(load("}]Ns."), Contains("cannot be the key"));
  CHECK_THROWS_WITH(load("e."), Contains("expected a mark"));
  CHECK_THROWS_WITH(load("NNR."), Contains("class or function"));
  CHECK_THROWS_WITH(load("X\xff\xff\xff\xffhi."), Contains("4294967295 more bytes"));
  CHECK_THROWS_WITH(load("\x8d\xff\xff\xff\xff\xff\xff\xff\xffhi."), Contains("18446744073709551615"));
  CHECK_THROWS_WITH(load("I1x\n."), Contains("expected an integer"));
  CHECK_THROWS_WITH(load("\x8b\xff\xff\0\0"s + std::string(70000, '\1') + "."),
                    Contains("an integer of 65535 bytes"));
}

TEST_CASE("depth, circles and chains are freed without recursion") {
  CHECK_THROWS_WITH(load(std::string(300000, ']') + std::string(299999, 'a') + "."),
                    Contains("deeper than 1000"));
  CHECK_THROWS_WITH(load("]q\x01h\x01"
                         "a."),
                    Contains("contains itself"));
  CHECK(
      load(std::string(300000, ']') + std::string(299999, 'a') + "0N.").is_null());  // deep, then thrown away
  CHECK(load("]q\x01h\x01"
             "a0N.")
            .is_null());
  std::string chain = "N";
  for (int i = 0; i < 300000; ++i) chain += "\x85";
  CHECK_THROWS_WITH(load(chain + "."), Contains("deeper than 1000"));
}

TEST_CASE("small instructions cannot copy large arguments again and again") {
  std::string pickle =
      "cbuiltins\nlist\nq\x01"
      "0(";
  pickle += std::string(300000, 'N') +
            "tq\x02"
            "0(";
  for (int i = 0; i < 1000; ++i) pickle += "h\x01h\x02\x85R";
  CHECK_THROWS_WITH(load(pickle + "t."), Contains("copies more than a file of this size should"));
}
