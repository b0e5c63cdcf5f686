// Preloaded into Plimsoll by a test: folders are listed in another order each time, as other file systems would.
const fs = require('node:fs');
const shuffle = (list) => {
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
};
const { readdir } = fs.promises;
fs.promises.readdir = async (...args) => shuffle(await readdir(...args));
