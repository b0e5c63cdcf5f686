/**
 * Runs one hook of a PEP 517 back end and prints what came of it: a line of JSON, then, for a wheel, its bytes in lines
 * of base64. Whatever the back end itself prints goes to standard error. `given`: what it asked for before, and got.
 */
export const HOOK = `
import base64, importlib, importlib.metadata, json, os, re, shutil, sys
job = json.loads(sys.argv[1])
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

def say(value):
    print(json.dumps(value), file=out, flush=True)

def is_there(requirement):
    try:
        importlib.metadata.version(re.match(r"[A-Za-z0-9._-]+", requirement).group())
        return True
    except importlib.metadata.PackageNotFoundError:
        return False

shutil.copytree("/source", job["at"], symlinks=True, dirs_exist_ok=True, copy_function=shutil.copyfile)
os.chdir(job["at"])
sys.path[:0] = [os.path.join(job["at"], folder) for folder in job["backendPath"]]
module, _, attributes = job["backend"].partition(":")
backend = importlib.import_module(module)
for attribute in filter(None, attributes.split(".")):
    backend = getattr(backend, attribute)

kind = "editable" if job["editable"] and hasattr(backend, "build_editable") else "wheel"
# setuptools, "Development Mode": a path file where it can, no import hooks.
settings = {"editable_mode": "compat"} if kind == "editable" and module.startswith("setuptools") else None
asks = getattr(backend, "get_requires_for_build_" + kind, None)
missing = [one for one in (asks(settings) if asks else []) if one not in job["given"] and not is_there(one)]
if missing:
    say({"missing": missing})
    raise SystemExit(0)
os.mkdir("/tmp/wheel")
name = getattr(backend, "build_" + kind)("/tmp/wheel", settings)
say({"wheel": name, "sizeBytes": os.path.getsize(os.path.join("/tmp/wheel", name))})
with open(os.path.join("/tmp/wheel", name), "rb") as file:
    while chunk := file.read(6144):
        print(base64.b64encode(chunk).decode(), file=out)
out.flush()
`;
