"""Makes Docker archives with known bytes planted in them: planted.testing.py FOLDER COUNT

Beside each archive lie the Dockerfile that would have made it and truth.json: what was planted, of which cause, in which
line. It shares nothing with what finds them: tars are Python's, programs gcc's, their debug sections what strip takes out.
"""
import hashlib, io, json, os, random, subprocess, sys, tarfile

folder, count = sys.argv[1], int(sys.argv[2])
os.makedirs(folder, exist_ok=True)


def program():
    source = os.path.join(folder, "main.c")
    with open(source, "w") as out:
        out.write("#include <stdio.h>\n" + "".join(f"int f{i}(int x) {{ return x * {i}; }}\n" for i in range(400)))
        out.write('int main(void) { puts("hello"); return f7(6); }\n')
    sizes = []
    for strip in (False, True):
        target = os.path.join(folder, "main")
        subprocess.run(["gcc", "-g", "-O0", "-o", target, source], check=True)
        if strip:
            subprocess.run(["strip", target], check=True)
        with open(target, "rb") as made:
            sizes.append(made.read())
    return sizes[0], len(sizes[0]) - len(sizes[1])


PROGRAM, DEBUG = program()


class Image:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.layers, self.history, self.truth, self.waste = [], [], [], [], []
        self.style = ["buildkit", "classic", "kaniko"][seed % 3]
        self.number = 0

    def bytes(self, low=1_000, high=40_000):
        return self.random.randbytes(self.random.randint(low, high))

    def base(self):
        self.lines.append("FROM debian:12")
        files = {"usr/bin/true": self.bytes(), "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n", "usr/lib/os-release": b"ID=debian\n"}
        files["var/lib/dpkg/info/coreutils.list"] = b"/.\n/usr\n/usr/bin\n/usr/bin/true\n"
        # Those of the layers above too: written anew there, it would be waste of its own.
        names = (b"coreutils", b"curl", b"gcc-12")
        files["var/lib/dpkg/status"] = b"\n".join(b"Package: %s\nStatus: install ok installed\nVersion: 9.1-1\n" % name for name in names)
        self.add_layer(files, "/bin/sh -c #(nop) ADD file:" + "a" * 64 + " in / ", [])
        self.history.append({"created_by": '/bin/sh -c #(nop)  CMD ["bash"]', "empty_layer": True})

    def add_layer(self, files, created_by, planted, owner=0):
        out = io.BytesIO()
        kind = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT][self.random.randint(0, 2)]
        with tarfile.open(fileobj=out, mode="w", format=kind) as tar:
            for path, content in files.items():
                entry = tarfile.TarInfo(path)
                entry.uid, entry.mode = owner, 0o755 if content is PROGRAM else 0o644
                if content is None:
                    entry.size = 0
                    tar.addfile(entry, io.BytesIO(b""))
                    continue
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        self.layers.append(out.getvalue())
        self.history.append({"created_by": created_by})
        line = len(self.lines)
        for path, cause, size in planted:
            self.truth.append({"path": "/" + path, "cause": cause, "bytes": size, "line": line})
        return len(self.layers)

    def run(self, text, files, causes):
        self.lines.append("RUN " + text)
        styles = {"buildkit": f"RUN /bin/sh -c {text} # buildkit", "classic": f"/bin/sh -c {text}", "kaniko": f"RUN {text}"}
        planted = [(p, causes[p], len(files[p])) for p in files if p in causes]
        return self.add_layer(files, styles[self.style], planted)

    def copy(self, source, target, files, causes, owner=0):
        self.lines.append(f"COPY {source} {target}")
        digest = hashlib.sha256(str(sorted(files)).encode()).hexdigest()
        styles = {
            "buildkit": f"COPY {source} {target} # buildkit",
            "classic": f"/bin/sh -c #(nop) COPY dir:{digest} in {target} ",
            "kaniko": f"COPY {source} {target}",
        }
        planted = [(p, causes[p], len(files[p])) for p in files if p in causes]
        return self.add_layer(files, styles[self.style], planted, owner)

    def many(self, *paths):
        return {path: self.bytes() for path in paths}

    def planted(self, cause, *paths):
        files = self.many(*paths)
        return files, {path: cause for path in files}

    def setting(self, text):
        self.lines.append(text)
        self.history.append({"created_by": text if self.style != "classic" else "/bin/sh -c #(nop)  " + text, "empty_layer": True})


def apt(image):
    n = image.random.randint(1, 9)
    files, causes = {}, {}
    parts = [
        ("apt-cache", f"var/lib/apt/lists/deb.example_debian_dists_bookworm_main_binary-amd64_Packages{n}", "var/cache/apt/pkgcache.bin", "var/log/dpkg.log", "var/cache/apt/archives/curl_7.deb"),
        ("compilers", "usr/bin/x86_64-linux-gnu-gcc-12", "usr/lib/gcc/x86_64-linux-gnu/12/cc1", "usr/include/stdio.h", "usr/lib/x86_64-linux-gnu/libc.a", "usr/share/gcc/python/printers.py"),
        ("documentation", "usr/share/doc/curl/changelog.Debian.gz", "usr/share/man/man1/curl.1.gz", "usr/share/info/gcc.info"),
        ("locales", "usr/share/locale/de/LC_MESSAGES/curl.mo", "usr/share/i18n/charmaps/UTF-8.gz"),
        ("package-managers", "usr/bin/apt-get", "usr/lib/apt/methods/http"),
    ]
    for cause, *paths in parts:
        some, of = image.planted(cause, *paths)
        files.update(some)
        causes.update(of)
    files.update(image.many("usr/bin/curl", "usr/lib/x86_64-linux-gnu/libcurl.so.4", "usr/share/doc/curl/copyright", "usr/lib/locale/C.utf8/LC_CTYPE"))
    files["var/lib/dpkg/info/gcc-12.list"] = b"/usr/bin/x86_64-linux-gnu-gcc-12\n/usr/lib/gcc/x86_64-linux-gnu/12/cc1\n/usr/share/gcc/python/printers.py\n"
    files["var/lib/dpkg/info/curl.list"] = b"/usr/bin/curl\n/usr/lib/x86_64-linux-gnu/libcurl.so.4\n/usr/share/doc/curl/copyright\n"
    image.run("apt-get update && apt-get install -y gcc curl", files, causes)


def pip(image):
    site = image.random.choice(["usr/local/lib/python3.12/site-packages", "opt/venv/lib/python3.11/site-packages"])
    files, causes = {}, {}
    for cause, *paths in [
        ("pip-cache", "root/.cache/pip/http-v2/a/b/c/abc.body", "root/.cache/pip/wheels/1/2/flask.whl"),
        ("byte-code", f"{site}/flask/__pycache__/app.cpython-312.pyc"),
        ("tests", f"{site}/flask/tests/test_app.py", f"{site}/flask/tests/data/big.bin", "usr/local/lib/python3.12/test/test_ast.py"),
        ("package-managers", f"{site}/pip/_internal/main.py", "usr/local/lib/python3.12/ensurepip/_bundled/pip.whl"),
        ("compilers", f"{site}/numpy/core/include/numpy/ndarray.h"),
        ("locales", f"{site}/django/locale/de/LC_MESSAGES/django.po"),
    ]:
        some, of = image.planted(cause, *paths)
        files.update(some)
        causes.update(of)
    files.update(image.many(f"{site}/flask/app.py", f"{site}/flask/testing.py", f"{site}/django/locale/de/LC_MESSAGES/django.mo", f"{site}/flask-3.0.dist-info/licenses/LICENSE"))
    files[f"{site}/flask-3.0.dist-info/RECORD"] = b"flask/app.py,sha256=x,1\nflask/testing.py,sha256=x,1\n"
    image.run("pip install -r requirements.txt", files, causes)


def npm(image):
    files, causes = image.planted("npm-cache", "root/.npm/_cacache/content-v2/sha512/aa/bb/cc")
    for cause, *paths in [
        ("documentation", "app/node_modules/express/README.md"),
        ("debug-files", "app/node_modules/express/dist/index.js.map", "usr/lib/debug/.build-id/aa/bb.debug"),
        ("tests", "app/node_modules/express/test/app.js"),
        ("temporary-files", "tmp/npm-1/log"),
    ]:
        some, of = image.planted(cause, *paths)
        files.update(some)
        causes.update(of)
    files.update(image.many("app/node_modules/express/lib/index.js", "app/node_modules/express/LICENSE.md"))
    image.run("npm ci --omit=dev", files, causes)


def others(image):
    for text, cause, *paths in [
        ("uv sync --frozen", "uv-cache", "root/.cache/uv/archive-v0/x/flask/app.py", "home/app/.cache/pypoetry/artifacts/a.whl"),
        ("dnf install -y nginx", "dnf-cache", "var/cache/dnf/updates-1/repodata/primary.xml.gz", "var/log/dnf.rpm.log"),
        ("apk add curl", "apk-cache", "var/cache/apk/APKINDEX.tar.gz", "etc/apk/cache/curl.apk"),
    ]:
        files, causes = image.planted(cause, *paths)
        files.update(image.many(f"usr/sbin/{text.split()[-1].strip('-')}{image.number}"))
        image.number += 1
        image.run(text, files, causes)


def debug(image):
    files = image.many("usr/local/share/data.bin")
    files["usr/local/bin/server"] = PROGRAM
    line = len(image.lines) + 1
    image.run("make install", files, {})
    image.truth.append({"path": "/usr/local/bin/server", "cause": "debug-sections", "bytes": DEBUG, "line": line})


def application(image):
    image.setting("WORKDIR /app")
    files, causes = image.planted("repository", "app/.git/objects/pack/pack-1.pack", "app/.git/HEAD")
    some, of = image.planted("tests", "app/tests/test_main.py", "app/tests/conftest.py")
    files.update(some)
    causes.update(of)
    files.update(image.many("app/main.py", "app/static/logo.png"))
    twice = image.bytes(5_000, 60_000)
    files["app/static/a.bin"], files["app/static/b.bin"] = twice, twice
    causes["app/static/b.bin"] = "duplicates"
    layer = image.copy(".", "/app", files, causes)
    line = len(image.lines)
    # What a later layer hides.
    again = {p: files[p] for p in ("app/main.py", "app/static/logo.png")}
    image.run("chown -R app /app", {}, {})
    image.layers.pop(), image.history.pop()
    image.add_layer(again, {"buildkit": "RUN /bin/sh -c chown -R app /app # buildkit", "classic": "/bin/sh -c chown -R app /app", "kaniko": "RUN chown -R app /app"}[image.style], [], owner=1000)
    hider = len(image.lines)
    for path, content in again.items():
        image.waste.append({"path": "/" + path, "how": "owner or mode changed", "bytes": len(content), "line": line, "by": hider})
    downloaded = image.many("opt/jdk.tar.gz", "opt/src/a/b.c")
    image.run("curl -fLo /opt/jdk.tar.gz https://example.com/jdk.tar.gz", downloaded, {})
    line = len(image.lines)
    gone = {"opt/.wh.jdk.tar.gz": None, "opt/src/.wh..wh..opq": None} if image.random.random() < 0.5 else {"opt/.wh.jdk.tar.gz": None, "opt/.wh.src": None}
    image.run("rm -rf /opt/jdk.tar.gz /opt/src", {k: b"" for k in gone}, {})
    for path, content in downloaded.items():
        image.waste.append({"path": "/" + path, "how": "deleted", "bytes": len(content), "line": line, "by": len(image.lines)})
    first = image.many("etc/app/settings.conf")
    image.copy("settings.conf", "/etc/app/", first, {})
    line = len(image.lines)
    image.run("sed -i s/a/b/ /etc/app/settings.conf", image.many("etc/app/settings.conf"), {})
    image.waste.append({"path": "/etc/app/settings.conf", "how": "overwritten", "bytes": len(first["etc/app/settings.conf"]), "line": line, "by": len(image.lines)})
    image.setting('CMD ["python", "main.py"]')


def save(image, place):
    digest = lambda data: hashlib.sha256(data).hexdigest()
    ids = [digest(layer) for layer in image.layers]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"WorkingDir": "/app"},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + it for it in ids]},
        "history": image.history,
    }
    text = json.dumps(config).encode()
    members = [(f"{it}/layer.tar", layer) for it, layer in dict(zip(ids, image.layers)).items()]
    members.append((digest(text) + ".json", text))
    listed = [{"Config": digest(text) + ".json", "RepoTags": ["planted:1"], "Layers": [f"{it}/layer.tar" for it in ids]}]
    members.append(("manifest.json", json.dumps(listed).encode()))
    os.makedirs(place, exist_ok=True)
    with tarfile.open(os.path.join(place, "image.tar"), "w") as tar:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    with open(os.path.join(place, "Dockerfile"), "w") as out:
        out.write("\n".join(image.lines) + "\n")
    with open(os.path.join(place, "truth.json"), "w") as out:
        json.dump({"planted": image.truth, "waste": image.waste}, out)


for seed in range(count):
    image = Image(seed)
    image.base()
    steps = [apt, pip, npm, others, debug]
    image.random.shuffle(steps)
    for step in steps:
        step(image)
    application(image)
    save(image, os.path.join(folder, str(seed)))
