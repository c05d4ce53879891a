#include "io/pickle.h"

#include <algorithm>
#include <charconv>

#include "core/interrupt.h"
#include "io/error.h"
#include "io/pickle_globals.h"

namespace brain::io {
namespace {

constexpr std::size_t kObjects = 5'000'000;
constexpr std::uint64_t kLongDigits = 4096;  // bytes of a big integer

// Two's complement, little-endian, as decimal digits.
std::string decimal(const Bytes& bytes) {
  std::vector<std::uint8_t> magnitude(bytes.data, bytes.data + bytes.size);
  const bool negative = !magnitude.empty() && magnitude.back() & 0x80;
  if (negative) {
    unsigned carry = 1;
    for (auto& byte : magnitude) {
      carry += static_cast<std::uint8_t>(~byte);
      byte = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
  }
  std::string digits;
  while (!magnitude.empty()) {
    unsigned rest = 0;
    for (std::size_t i = magnitude.size(); i-- > 0;) {
      rest = rest << 8 | magnitude[i];
      magnitude[i] = static_cast<std::uint8_t>(rest / 10);
      rest %= 10;
    }
    digits += static_cast<char>('0' + rest);
    while (!magnitude.empty() && magnitude.back() == 0) magnitude.pop_back();
  }
  if (digits.empty()) return "0";
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

bool is_container(const Node& node) {
  return std::holds_alternative<List>(node.content) || std::holds_alternative<Tuple>(node.content) ||
         std::holds_alternative<Set>(node.content) || std::holds_alternative<Dict>(node.content) ||
         std::holds_alternative<Record>(node.content);
}

}  // namespace

Unpickler::Unpickler(Cursor& cursor, Persistent persistent)
    : cursor_(cursor), persistent_(std::move(persistent)), budget_((64 << 20) + 8 * cursor.bytes().size) {}

Unpickler::~Unpickler() { release({}); }

// Empties every container that is not kept, so that chains and circles are freed one by one.
void Unpickler::release(const std::vector<const Node*>& kept) {
  stack_.clear();
  memo_.clear();
  std::vector<const Node*> sorted = kept;
  std::sort(sorted.begin(), sorted.end());
  for (auto& node : nodes_)
    if (!std::binary_search(sorted.begin(), sorted.end(), node.get())) node->content = Blob();
  nodes_.clear();
}

Value Unpickler::load() {
  start_ = cursor_.position();
  done_ = false;
  for (unsigned steps = 1; !done_; ++steps) {
    const std::uint8_t opcode = cursor_.u8();
    try {
      step(opcode);
    } catch (const Error& error) {  // of values, which do not know where they are from
      if (std::string_view(error.what()).starts_with(cursor_.name())) throw;
      cursor_.refuse(error.what());
    }
    if (steps % 65536 == 0) interrupt::check();
  }
  Value value = pop();
  release(check_nesting(value, cursor_.name()));
  marks_.clear();
  return value;
}

void Unpickler::push(Value value) {
  const auto* node = value.node();
  if (node && is_container(**node) && node->use_count() == 1) {
    if (nodes_.size() == kObjects) cursor_.refuse(join_text("more than ", kObjects, " objects"));
    nodes_.push_back(*node);
  }
  stack_.push_back(std::move(value));
}

template <class T>
void Unpickler::make(T content) {
  push(Value::of(std::move(content)));
}

Value& Unpickler::top() {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back()))
    cursor_.refuse("expected an operand, found none");
  return stack_.back();
}

Value Unpickler::pop() {
  Value value = std::move(top());
  stack_.pop_back();
  return value;
}

std::vector<Value> Unpickler::pop_to_mark() {
  if (marks_.empty()) cursor_.refuse("expected a mark, found none");
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<Value> items(std::make_move_iterator(first), std::make_move_iterator(stack_.end()));
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return items;
}

void Unpickler::memoize(std::uint64_t place) {
  // Pickles number their objects in order, so no number is larger than the bytes read so far.
  if (place > cursor_.position() - start_)
    cursor_.refuse(join_text("memo number ", place, " is out of range"));
  if (place >= memo_.size()) memo_.resize(place + 1);
  memo_[place] = top();
}

void Unpickler::fetch(std::uint64_t place) {
  if (place >= memo_.size()) cursor_.refuse(join_text("memo number ", place, " was never set"));
  push(memo_[place]);
}

void Unpickler::append(const std::vector<Value>& items) {
  Value& target = top();
  if (auto* record = target.as<Record>(); record && record->instance) {
    if (!record->items.as<List>()) record->items = Value::of(List());
    auto& list = record->items.as<List>()->items;
    list.insert(list.end(), items.begin(), items.end());
  } else if (auto* set = target.as<Set>()) {
    set->items.insert(set->items.end(), items.begin(), items.end());
  } else if (auto* list = target.as<List>()) {
    list->items.insert(list->items.end(), items.begin(), items.end());
  } else {
    cursor_.refuse(join_text("expected a list to append to, found ", target.kind()));
  }
}

void Unpickler::put_entry(Value& target, Value key, Value value) {
  if (auto* record = target.as<Record>(); record && record->instance) {
    if (!record->entries.as<Dict>()) record->entries = Value::of(Dict());
    record->entries.as<Dict>()->set(std::move(key), std::move(value));
  } else if (auto* dict = target.as<Dict>()) {
    dict->set(std::move(key), std::move(value));
  } else {
    cursor_.refuse(join_text("expected a dict to put an entry into, found ", target.kind()));
  }
}

void Unpickler::set_items(const std::vector<Value>& pairs) {
  if (pairs.size() % 2) cursor_.refuse("expected pairs of key and value, found an odd number of values");
  for (std::size_t i = 0; i < pairs.size(); i += 2) put_entry(top(), pairs[i], pairs[i + 1]);
}

void Unpickler::global(std::string_view module, std::string_view name) {
  push(pickle_global(module, name, cursor_.name()));
}

void Unpickler::reduce(Value callable, Value arguments) {
  const auto* record = callable.as<Record>();
  if (!record) cursor_.refuse(join_text("expected a class or function to call, found ", callable.kind()));
  push(pickle_call(*record, arguments, cursor_.name(), budget_));
}

void Unpickler::new_object(const Value& type, Value arguments) { reduce(type, std::move(arguments)); }

void Unpickler::build(Value state) { pickle_build(top(), state, cursor_.name(), budget_); }

void Unpickler::persistent(const Value& id) {
  if (!persistent_) cursor_.refuse("refers to data outside of the pickle");
  push(persistent_(id));
}

Value Unpickler::long_integer(const Bytes& bytes) const {
  if (bytes.size > kLongDigits) cursor_.refuse(join_text("an integer of ", bytes.size, " bytes"));
  if (bytes.size > 8) return Value::of(BigInteger{decimal(bytes)});
  std::uint64_t value = bytes.size > 0 && bytes.data[bytes.size - 1] & 0x80 ? ~0ull : 0;
  for (std::size_t i = bytes.size; i-- > 0;) value = value << 8 | bytes.data[i];
  return static_cast<std::int64_t>(value);
}

void Unpickler::step(std::uint8_t opcode) {
  switch (opcode) {
    case 0x80:  // PROTO
      if (const int protocol = cursor_.u8(); protocol > 5)
        cursor_.refuse(join_text("unknown protocol ", protocol));
      return;
    case 0x95: cursor_.u64(); return;  // FRAME
    case '.': done_ = true; return;    // STOP
    case '(': marks_.push_back(stack_.size()); return;
    case '0':  // POP: a value, or a mark with nothing above
      if (!marks_.empty() && marks_.back() == stack_.size()) marks_.pop_back();
      else pop();
      return;
    case '1': pop_to_mark(); return;
    case '2': push(top()); return;  // DUP
    case 'N': push({}); return;
    case 0x88: push(true); return;
    case 0x89: push(false); return;
    case 'J': push(static_cast<std::int64_t>(cursor_.i32())); return;
    case 'K': push(static_cast<std::int64_t>(cursor_.u8())); return;
    case 'M': push(static_cast<std::int64_t>(cursor_.u16())); return;
    case 0x8a: push(long_integer(cursor_.take(cursor_.u8()))); return;   // LONG1
    case 0x8b: push(long_integer(cursor_.take(cursor_.u32()))); return;  // LONG4
    case 'G': push(cursor_.big_endian_f64()); return;
    case 'U':
    case 0x8c: make(Text{cursor_.take(cursor_.u8())}); return;  // SHORT_BINSTRING, SHORT_BINUNICODE
    case 'T':
    case 'X': make(Text{cursor_.take(cursor_.u32())}); return;   // BINSTRING, BINUNICODE
    case 0x8d: make(Text{cursor_.take(cursor_.u64())}); return;  // BINUNICODE8
    case 'C': make(Blob{cursor_.take(cursor_.u8())}); return;    // SHORT_BINBYTES
    case 'B': make(Blob{cursor_.take(cursor_.u32())}); return;   // BINBYTES
    case 0x8e:
    case 0x96: make(Blob{cursor_.take(cursor_.u64())}); return;  // BINBYTES8, BYTEARRAY8
    case ']': make(List()); return;
    case '}': make(Dict()); return;
    case ')': make(Tuple()); return;
    case 0x8f: make(Set()); return;
    case 0x85:
    case 0x86:
    case 0x87: {  // TUPLE1, 2, 3
      Tuple tuple;
      for (int i = 0; i < opcode - 0x84; ++i) tuple.items.push_back(pop());
      std::reverse(tuple.items.begin(), tuple.items.end());
      make(std::move(tuple));
      return;
    }
    case 't': make(Tuple{pop_to_mark()}); return;
    case 'l': make(List{pop_to_mark()}); return;
    case 0x91: make(Set{pop_to_mark()}); return;  // FROZENSET
    case 'd': {
      const auto pairs = pop_to_mark();
      make(Dict());
      set_items(pairs);
      return;
    }
    case 'a': append({pop()}); return;
    case 'e':
    case 0x90: append(pop_to_mark()); return;  // APPENDS, ADDITEMS
    case 's': {
      Value value = pop(), key = pop();
      put_entry(top(), std::move(key), std::move(value));
      return;
    }
    case 'u': set_items(pop_to_mark()); return;
    case 'h': fetch(cursor_.u8()); return;
    case 'j': fetch(cursor_.u32()); return;
    case 'q': memoize(cursor_.u8()); return;
    case 'r': memoize(cursor_.u32()); return;
    case 0x94: memoize(memo_.size()); return;
    default: break;
  }
  if (!step_object(opcode) && !step_text(opcode))
    cursor_.refuse(join_text("unknown pickle instruction ", static_cast<int>(opcode)));
}

bool Unpickler::step_object(std::uint8_t opcode) {
  switch (opcode) {
    case 'c': {
      const auto module = cursor_.line();
      global(module, cursor_.line());
      return true;
    }
    case 0x93: {  // STACK_GLOBAL
      const Value name = pop(), module = pop();
      if (!name.as<Text>() || !module.as<Text>()) cursor_.refuse("expected two names");
      global(module.as<Text>()->view(), name.as<Text>()->view());
      return true;
    }
    case 'R': {
      Value arguments = pop();
      reduce(pop(), std::move(arguments));
      return true;
    }
    case 0x81: {  // NEWOBJ
      Value arguments = pop();
      new_object(pop(), std::move(arguments));
      return true;
    }
    case 0x92: {  // NEWOBJ_EX: keyword arguments are dropped
      pop();
      Value arguments = pop();
      new_object(pop(), std::move(arguments));
      return true;
    }
    case 'i': {  // INST
      const auto module = cursor_.line();
      global(module, cursor_.line());
      const Value type = pop();
      make(Tuple{pop_to_mark()});
      Value arguments = pop();
      new_object(type, std::move(arguments));
      return true;
    }
    case 'o': {  // OBJ
      auto items = pop_to_mark();
      if (items.empty()) cursor_.refuse("expected a class");
      const Value type = std::move(items.front());
      items.erase(items.begin());
      make(Tuple{std::move(items)});
      Value arguments = pop();
      new_object(type, std::move(arguments));
      return true;
    }
    case 'b': build(pop()); return true;
    case 'Q': persistent(pop()); return true;
    case 'P': persistent(text(cursor_.line())); return true;
    default: return false;
  }
}

bool Unpickler::step_text(std::uint8_t opcode) {
  if (std::string_view("ILFSVpg").find(static_cast<char>(opcode)) == std::string_view::npos) return false;
  std::string_view line = cursor_.line();
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  const char *first = line.data(), *last = first + line.size();
  if (opcode == 'I' && (line == "00" || line == "01")) {
    push(line == "01");
  } else if (opcode == 'F') {
    double value = 0;
    if (std::from_chars(first, last, value).ptr != last) cursor_.refuse("expected a number");
    push(value);
  } else if (opcode == 'V') {
    push(text(line));
  } else if (opcode == 'S') {  // quoted; only what needs no escape
    if (line.size() < 2 || line.front() != line.back() || line.find('\\') != std::string_view::npos)
      cursor_.refuse("expected a plain quoted string");
    push(text(line.substr(1, line.size() - 2)));
  } else {
    if (opcode == 'L' && !line.empty() && line.back() == 'L') --last;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(first, last, value);
    if (error == std::errc::result_out_of_range && (opcode == 'L' || opcode == 'I') &&
        line.size() <= kLongDigits)
      push(Value::of(BigInteger{std::string(first, last)}));
    else if (error != std::errc() || end != last) cursor_.refuse("expected an integer");
    else if (opcode == 'p') memoize(static_cast<std::uint64_t>(value));
    else if (opcode == 'g') fetch(static_cast<std::uint64_t>(value));
    else push(value);
  }
  return true;
}

Value read_pickle(Bytes bytes, const std::string& name) {
  Cursor cursor(std::move(bytes), name);
  Unpickler machine(cursor);
  Value value = machine.load();
  while (cursor.remaining() > 0)
    if (cursor.u8() != 0) cursor.refuse("more follows the pickle");
  return value;
}

}  // namespace brain::io
