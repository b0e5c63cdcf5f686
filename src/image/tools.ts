/** Names of programs that an image for production has no use for; of BusyBox and Toybox too, which are shells by another name. */
export const SHELLS = /^(?:ba|da|a|z|k|mk|c|tc|fi)?sh$|^(?:busybox|toybox)$/;
export const PACKAGE_MANAGERS =
  /^(?:apt|apt-get|dpkg|apk|dnf5?|microdnf|tdnf|yum|rpm|zypper|pacman|opkg|pip[\d.]*|pipx|uv|poetry|conda|mamba|micromamba|npm|npx|yarn|pnpm|corepack|gem|brew)$/;
