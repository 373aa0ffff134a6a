// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/system_call_filter.h"

/// The lists alone. Names that the processor or libseccomp does not know are skipped when the filter is made.
namespace annex::isolation {

const std::vector<std::string_view>& refusedSystemCalls()
{
    static const std::vector<std::string_view> kNames{
        // mounts, old and new interface
        "mount", "umount", "umount2", "pivot_root", "chroot", "fsopen", "fsconfig", "fsmount", "fspick", "move_mount", "open_tree",
        "mount_setattr",
        // namespaces
        "unshare", "setns",
        // keys: the keyring of the account is not separated by namespaces
        "add_key", "request_key", "keyctl",
        // large or young kernel interfaces with a history of holes
        "bpf", "userfaultfd", "perf_event_open", "io_uring_setup", "io_uring_enter", "io_uring_register", "fanotify_init",
        "fanotify_mark", "vmsplice", "modify_ldt", "lookup_dcookie", "memfd_secret",
        // other processes' memory and descriptors
        "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "pidfd_getfd", "kcmp",
        "move_pages", "migrate_pages",
        // files by handle go around the mount tree
        "name_to_handle_at", "open_by_handle_at",
        // the machine
        "reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "create_module", "swapon",
        "swapoff", "acct", "quotactl", "quotactl_fd", "syslog", "sethostname", "setdomainname", "settimeofday", "stime",
        "clock_settime", "clock_adjtime", "adjtimex", "iopl", "ioperm", "vhangup", "nfsservctl", "uselib", "ustat", "sysfs",
        "_sysctl", "mbind", "set_mempolicy", "set_mempolicy_home_node",
    };
    return kNames;
}

const std::vector<std::string_view>& allowedSystemCalls()
{
    static const std::vector<std::string_view> kNames{
        // processes and threads
        "arch_prctl", "capget", "capset", "clone", "execve", "execveat", "exit", "exit_group", "fork", "vfork", "futex",
        "futex_waitv", "futex_wait", "futex_wake", "futex_requeue", "get_robust_list", "set_robust_list", "get_thread_area",
        "set_thread_area", "set_tid_address", "gettid", "getpid", "getppid", "getpgid", "getpgrp", "getsid", "setpgid", "setsid",
        "kill", "tkill", "tgkill", "membarrier", "pidfd_open", "pidfd_send_signal", "prctl", "rseq", "wait4",
        "waitid", "waitpid", "seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self",
        // accounts: only one exists inside
        "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getgroups", "setuid", "setgid", "setreuid", "setregid",
        "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid",
        // scheduling and limits
        "getcpu", "getpriority", "setpriority", "getrlimit", "setrlimit", "ugetrlimit", "prlimit64", "getrusage", "ioprio_get",
        "ioprio_set", "sched_yield", "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getattr",
        "sched_getparam", "sched_getscheduler", "sched_rr_get_interval", "sched_setaffinity", "sched_setattr", "sched_setparam",
        "sched_setscheduler", "get_mempolicy", "times", "sysinfo", "uname",
        // signals
        "pause", "restart_syscall", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn",
        "rt_sigsuspend", "rt_sigtimedwait", "rt_tgsigqueueinfo", "sigaltstack", "signalfd", "signalfd4", "alarm",
        // time
        "clock_getres", "clock_gettime", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "getitimer", "setitimer",
        "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime", "timerfd_create", "timerfd_gettime",
        "timerfd_settime",
        // memory
        "brk", "mmap", "mremap", "munmap", "mprotect", "madvise", "mincore", "mlock", "mlock2", "mlockall", "munlock", "munlockall",
        "msync", "memfd_create", "pkey_alloc", "pkey_free", "pkey_mprotect", "mseal", "map_shadow_stack", "cachestat", "getrandom",
        "remap_file_pages",
        // files
        "access", "faccessat", "faccessat2", "chdir", "fchdir", "getcwd", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown",
        "fchown", "fchownat", "lchown", "close", "close_range", "copy_file_range", "creat", "dup", "dup2", "dup3", "fadvise64",
        "fallocate", "fcntl", "fdatasync", "fsync", "sync", "syncfs", "sync_file_range", "flock", "fstat", "fstatfs", "statfs",
        "ftruncate", "truncate", "futimesat", "utime", "utimes", "utimensat", "getdents", "getdents64", "getxattr", "lgetxattr",
        "fgetxattr", "listxattr", "llistxattr", "flistxattr", "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr",
        "fremovexattr", "inotify_init", "inotify_init1", "inotify_add_watch", "inotify_rm_watch", "ioctl", "link", "linkat", "lseek",
        "mkdir", "mkdirat", "mknod", "mknodat", "newfstatat", "stat", "lstat", "statx", "open", "openat", "openat2", "pread64",
        "pwrite64", "preadv", "preadv2", "pwritev", "pwritev2", "read", "readv", "write", "writev", "readahead", "readlink",
        "readlinkat", "rename", "renameat", "renameat2", "rmdir", "sendfile", "splice", "tee", "symlink", "symlinkat", "umask",
        "unlink", "unlinkat", "pipe", "pipe2",
        // waiting
        "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "poll",
        "ppoll", "select", "pselect6",
        // sockets; families and types are judged by the second filter
        "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen", "recvfrom", "recvmmsg",
        "recvmsg", "sendmmsg", "sendmsg", "sendto", "setsockopt", "shutdown", "socket", "socketpair",
        // System V and POSIX queues, semaphores and memory: in the guest's own ipc namespace
        "msgctl", "msgget", "msgrcv", "msgsnd", "semctl", "semget", "semop", "semtimedop", "shmat", "shmctl", "shmdt", "shmget",
        "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedsend", "mq_unlink",
    };
    return kNames;
}

} // namespace annex::isolation
