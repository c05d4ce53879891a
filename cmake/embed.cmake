# brain_embed(target folder): an OBJECT library with every *.lua below the folder as a C++ string, and the table
# brain::embedded_files() that lists them ("repl.lua", "commands/test.lua", ...).
function(brain_embed target folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/${folder} ${CMAKE_SOURCE_DIR}/${folder}/*.lua)
  list(SORT files)
  set(output ${CMAKE_BINARY_DIR}/${target}.cpp)
  set(paths "")
  foreach(file ${files})
    list(APPEND paths ${CMAKE_SOURCE_DIR}/${folder}/${file})
  endforeach()
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFOLDER=${CMAKE_SOURCE_DIR}/${folder} "-DFILES=${files}"
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${paths} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake VERBATIM)
  add_library(${target} OBJECT ${output})
  target_link_libraries(${target} PUBLIC brain_options)
endfunction()
