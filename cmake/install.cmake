# A tree that runs from elsewhere. LibTorch is named by its path when it belongs to the system or another environment,
# and copied when it lies in the project's own virtual environment, which may go away; beside it, in the places where it
# looks for them, the CUDA libraries of that environment. Component `torch` holds the copies, the rest is `program`.
include(GNUInstallDirs)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME program)
string(FIND "${BRAIN_TORCH_ROOT}" "${CMAKE_SOURCE_DIR}/" inside)
if(inside EQUAL 0)
  set(rpath "$ORIGIN/../lib/brainlua/torch/lib")
  install(DIRECTORY ${BRAIN_TORCH_LIB}/ DESTINATION lib/brainlua/torch/lib COMPONENT torch
    FILES_MATCHING PATTERN "*.so*"
    PATTERN "libtorch_python*" EXCLUDE PATTERN "libshm*" EXCLUDE PATTERN "*_test.so" EXCLUDE
    PATTERN "libbackend_with_compiler.so" EXCLUDE PATTERN "libaoti_custom_ops.so" EXCLUDE)
  if(EXISTS ${BRAIN_TORCH_ROOT}/../nvidia)
    install(DIRECTORY ${BRAIN_TORCH_ROOT}/../nvidia DESTINATION lib/brainlua COMPONENT torch
      FILES_MATCHING PATTERN "*.so*" PATTERN "include" EXCLUDE)
  endif()
else()
  set(rpath ${BRAIN_TORCH_LIB})
endif()
set_target_properties(brainlua PROPERTIES INSTALL_RPATH "${rpath}")
install(TARGETS brainlua RUNTIME DESTINATION bin)
install(DIRECTORY examples DESTINATION share/brainlua FILES_MATCHING PATTERN "*.lua")
install(DIRECTORY scripts DESTINATION share/brainlua OPTIONAL FILES_MATCHING PATTERN "*.lua")
install(FILES README.md LICENSE DESTINATION share/brainlua)
