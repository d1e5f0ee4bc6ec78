#pragma once
#include <git2.h>
#include <git2/sys/stream.h>
#include <git2/sys/transport.h>

// libgit2's extension points are structs that a caller enlarges by standing them first in his own.
// The extra field holds a retained Swift object.

typedef struct {
    git_stream parent;
    void *owner;
} berth_stream;

typedef struct {
    git_smart_subtransport parent;
    void *owner;
} berth_subtransport;

// `git_libgit2_opts` is variadic, which Swift cannot call.

static inline int berth_set_flag(git_libgit2_opt_t option, int value) {
    return git_libgit2_opts(option, value);
}

static inline int berth_set_search_path(git_config_level_t level, const char *path) {
    return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

static inline int berth_set_certificates(const char *file, const char *folder) {
    return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, folder);
}

static inline int berth_set_user_agent(const char *name) {
    return git_libgit2_opts(GIT_OPT_SET_USER_AGENT, name);
}
