#include "cli.h"

int main(int argc, char** argv) {
  return hookdrill::run_command_line(argc, argv);
}
