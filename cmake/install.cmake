# A tree that runs from elsewhere. LibTorch is named by its path when it belongs to the system or another environment,
# and copied when it lies in the project's own virtual environment, which may go away.
include(GNUInstallDirs)
set(rpath "$ORIGIN/../lib/brainlua")
string(FIND "${BRAIN_TORCH_ROOT}" "${CMAKE_SOURCE_DIR}/" inside)
if(inside EQUAL 0)
  install(DIRECTORY ${BRAIN_TORCH_LIB}/ DESTINATION lib/brainlua
    FILES_MATCHING PATTERN "*.so*" PATTERN "libtorch_python*" EXCLUDE PATTERN "libshm*" EXCLUDE)
else()
  list(APPEND rpath ${BRAIN_TORCH_LIB})
endif()
set_target_properties(brainlua PROPERTIES INSTALL_RPATH "${rpath}")
install(TARGETS brainlua RUNTIME DESTINATION bin)
install(DIRECTORY examples DESTINATION share/brainlua FILES_MATCHING PATTERN "*.lua")
install(DIRECTORY scripts DESTINATION share/brainlua OPTIONAL FILES_MATCHING PATTERN "*.lua")
install(FILES README.md LICENSE DESTINATION share/brainlua)
