"""The pages' one style sheet, and its name in a Content-Security-Policy."""

import base64
import hashlib
from typing import Final

CSS: Final = """
:root{color-scheme:light dark;--ink:#1d1c1d;--soft:#57545a;--paper:#fff;--desk:#f3f1f5;--line:#dedae2;--go:#0b6b4f;
--go-ink:#fff;--ring:#0a58ca;--stop:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#f4f2f6;--soft:#bab5c0;--paper:#232126;--desk:#161518;--line:#444049;
--go:#3ecf9e;--go-ink:#06281d;--ring:#8ab8ff;--stop:#ffb4ab}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--desk);color:var(--ink);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;overflow-wrap:anywhere}
main{width:100%;max-width:29rem;padding:1.75rem;background:var(--paper);border:1px solid var(--line);
border-radius:.9rem;box-shadow:0 1px 2px #0000000d,0 8px 28px #00000012}
.mark{display:flex;align-items:center;gap:.5rem;margin:0 0 1.25rem;color:var(--soft);font-weight:600;font-size:.9rem}
.mark svg{width:1.4rem;height:1.4rem;color:var(--go)}
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25}
p{margin:0 0 .85rem}
dl{margin:1.1rem 0;border:1px solid var(--line);border-radius:.6rem}
dl div{padding:.65rem .9rem}
dl div+div{border-top:1px solid var(--line)}
dt{color:var(--soft);font-size:.85rem}
dd{margin:0;font-weight:600}
ul{margin:0 0 1rem;padding-left:1.2rem}
form{display:flex;flex-wrap:wrap;gap:.65rem;margin:1.4rem 0 0}
.alert{margin:1rem 0 0;padding:.65rem .9rem;border:2px solid var(--stop);border-radius:.6rem;font-weight:600}
.entry,fieldset{flex:1 1 100%;min-width:0}
.entry label,legend{display:block;margin:0 0 .3rem;color:var(--soft);font-size:.85rem}
.entry input{width:100%;padding:.65rem .75rem;border:1px solid var(--soft);border-radius:.6rem;font:inherit;
background:var(--paper);color:var(--ink)}
fieldset{margin:0;padding:0;border:0}
.choice{display:flex;gap:.6rem;align-items:baseline;padding:.65rem .75rem;border:1px solid var(--line);
border-radius:.6rem;cursor:pointer}
.choice+.choice{margin-top:.4rem}
.choice span{min-width:0}
button,.go{flex:1 1 9rem;padding:.75rem 1rem;border:1px solid var(--line);border-radius:.6rem;background:transparent;
color:var(--ink);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer;min-height:2.9rem}
.go{display:block;border-color:transparent;background:var(--go);color:var(--go-ink)}
button:hover,.go:hover{filter:brightness(1.08)}
:focus-visible{outline:3px solid var(--ring);outline-offset:2px}
.reference{margin:1.4rem 0 0;color:var(--soft);font-size:.85rem}
@media (max-width:24rem){main{padding:1.2rem}h1{font-size:1.3rem}}
@media (prefers-reduced-motion:no-preference){button,.go{transition:filter .12s}}
""".replace("\n", "")

SOURCE: Final = f"'sha256-{base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()}'"
"""CSP Level 3 §2.3.1, hash-source: this sheet and no other."""
