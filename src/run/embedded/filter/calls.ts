/** Architectures that have a filter, as `process.arch` names them. */
export type FilteredArch = 'x64' | 'arm64';

/**
 * System calls that a container without capabilities is refused, by their numbers: what Docker's default profile leaves
 * out or grants only with a capability (moby/profiles, seccomp/default.json, June 2026). Numbers: Linux,
 * arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl; from 424 on they are the same everywhere.
 * `null`: the architecture has no such call.
 */
export const REFUSED: Readonly<Record<string, readonly [x64: number | null, arm64: number | null]>> = {
  // The clock, accounting, swap, quotas, ports, the machine itself
  syslog: [103, 116],
  uselib: [134, null],
  ustat: [136, null],
  sysfs: [139, null],
  vhangup: [153, 58],
  _sysctl: [156, null],
  acct: [163, 89],
  settimeofday: [164, 170],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  iopl: [172, null],
  ioperm: [173, null],
  quotactl: [179, 60],
  nfsservctl: [180, 42],
  clock_settime: [227, 112],
  quotactl_fd: [443, 443],
  // Mounts and roots
  pivot_root: [155, 41],
  chroot: [161, 51],
  mount: [165, 40],
  umount2: [166, 39],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  // The kernel's code
  create_module: [174, null],
  init_module: [175, 105],
  delete_module: [176, 106],
  get_kernel_syms: [177, null],
  query_module: [178, null],
  kexec_load: [246, 104],
  finit_module: [313, 273],
  kexec_file_load: [320, 294],
  bpf: [321, 280],
  // Namespaces; `clone` with their flags besides
  unshare: [272, 97],
  setns: [308, 268],
  // Keys are the user's, whatever namespace asks
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  // Other processes, and what leads past a mount
  get_mempolicy: [239, 236],
  set_mempolicy: [238, 237],
  mbind: [237, 235],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  set_mempolicy_home_node: [450, 450],
  fanotify_init: [300, 262],
  open_by_handle_at: [304, 265],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  process_madvise: [440, 440],
  // Where kernels had their holes
  getpmsg: [181, null],
  putpmsg: [182, null],
  afs_syscall: [183, null],
  tuxcall: [184, null],
  security: [185, null],
  lookup_dcookie: [212, 18],
  vserver: [236, null],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  lsm_get_self_attr: [459, 459],
  lsm_set_self_attr: [460, 460],
  lsm_list_modules: [461, 461],
};

/** The highest number that the profile knows, removexattrat: what is newer is "not there" (ENOSYS), so programs do without. */
export const LAST_KNOWN = 466;

/** Calls that depend on an argument, or are said to be missing. */
export const SPECIAL = {
  clone: [56, 220],
  clone3: [435, 435],
  socket: [41, 198],
  personality: [135, 92],
} as const satisfies Record<string, readonly [number, number]>;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET: sched.h. */
export const CLONE_NEW = 0x7e02_0000;
/** AF_ALG and AF_VSOCK: socket.h. The first reaches the kernel's ciphers, the second the hypervisor. */
export const REFUSED_FAMILIES = [38, 40] as const;
/** PER_LINUX, PER_LINUX32, each with UNAME26 too, and the question which it is: personality.h. */
export const PERSONALITIES = [0, 8, 0x2_0000, 0x2_0008, 0xffff_ffff] as const;

/** audit.h, AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64. */
export const AUDIT_ARCH: Readonly<Record<FilteredArch, number>> = { x64: 0xc000_003e, arm64: 0xc000_00b7 };
/** asm/unistd.h, __X32_SYSCALL_BIT: the same architecture, another set of calls. */
export const X32_BIT = 0x4000_0000;

/** The numbers of an architecture. */
export const numberOf = (call: readonly [number | null, number | null], arch: FilteredArch): number | null => call[arch === 'x64' ? 0 : 1];
