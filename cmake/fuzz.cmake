# -DBRAIN_FUZZ=ON with clang: the readers alone, without LibTorch and Lua, under libFuzzer and the address and
# undefined-behaviour sanitizers, as one program (tests/fuzz/target.cpp).
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "BRAIN_FUZZ needs clang, found ${CMAKE_CXX_COMPILER_ID}: ./run fuzz, or -DCMAKE_CXX_COMPILER=clang++")
endif()
add_executable(brain_fuzz tests/fuzz/target.cpp tests/fuzz/readers.cpp)
target_link_libraries(brain_fuzz PRIVATE brain_core brain_io)
target_link_options(brain_fuzz PRIVATE -fsanitize=fuzzer,address,undefined)
