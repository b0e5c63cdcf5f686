/** By bit: linux/capability.h. */
const NAMES = [
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'linux_immutable',
  'net_bind_service',
  'net_broadcast',
  'net_admin',
  'net_raw',
  'ipc_lock',
  'ipc_owner',
  'sys_module',
  'sys_rawio',
  'sys_chroot',
  'sys_ptrace',
  'sys_pacct',
  'sys_admin',
  'sys_boot',
  'sys_nice',
  'sys_resource',
  'sys_time',
  'sys_tty_config',
  'mknod',
  'lease',
  'audit_write',
  'audit_control',
  'setfcap',
  'mac_override',
  'mac_admin',
  'syslog',
  'wake_alarm',
  'block_suspend',
  'audit_read',
  'perfmon',
  'bpf',
  'checkpoint_restore',
];

/**
 * The capabilities that a file gives whoever runs it, from its attribute `security.capability`: linux/capability.h,
 * `vfs_cap_data`: a word of flags, then permitted and inheritable, 32 bits each, once (version 1) or twice.
 */
export function capabilitiesIn(attribute: Uint8Array): readonly string[] {
  const view = new DataView(attribute.buffer, attribute.byteOffset, attribute.byteLength);
  const word = (at: number): number => (at + 4 <= view.byteLength ? view.getUint32(at, true) : 0);
  const low = word(4) | word(8);
  const isFirst = word(0) >>> 24 === 1;
  const high = isFirst ? 0 : word(12) | word(16);
  return Array.from({ length: 64 }, (_, bit) => bit)
    .filter((bit) => ((bit < 32 ? low >>> bit : high >>> (bit - 32)) & 1) === 1)
    .map((bit) => `cap_${NAMES[bit] ?? bit}`);
}
