# Writes a C++ file with the contents of payloads/*.json, so that the program needs no folder beside it.
# Called as: cmake -D FOLDER=payloads -D OUTPUT=file.cc -P embed_payloads.cmake
file(GLOB files ${FOLDER}/*.json)
list(SORT files)
set(entries "")
foreach(file ${files})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} content HEX)
  # Bytes as escapes: no text can end the literal early. Each in a literal of its own line, so that no escape runs on.
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" content "${content}")
  string(REGEX REPLACE "(\\\\x0a)" "\\1\"\n     \"" content "${content}")
  string(APPEND entries "    {\"${name}\",\n     \"${content}\"},\n")
endforeach()
file(WRITE ${OUTPUT}.new "// Made from payloads/*.json by cmake/embed_payloads.cmake.
#include \"plan/payload_library.h\"

namespace hookdrill {

const std::vector<BuiltInFile>& built_in_payload_files() {
  static const std::vector<BuiltInFile> files = {
${entries}  };
  return files;
}

}  // namespace hookdrill
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
