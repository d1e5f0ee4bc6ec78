#pragma once
#include <spawn.h>

// Calls and numbers of glibc that its headers show only under _GNU_SOURCE, which Swift does not
// define.

// pipe2(2), memfd_create(2), setns(2)
int pipe2(int ends[2], int flags);
int memfd_create(const char *name, unsigned int flags);
int setns(int descriptor, int kind);

// glibc 2.34 and later
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int lowest);

static const unsigned int BERTH_MFD_CLOEXEC = 1;
static const int BERTH_CLONE_NEWNET = 0x40000000;
static const int BERTH_O_PATH = 010000000;
