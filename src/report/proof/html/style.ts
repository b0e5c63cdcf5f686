/**
 * The page's whole style. One accent, the sea; a second colour only where something is wrong. Contrast of every text is
 * 4.5:1 at least in both schemes, as the tests compute it.
 */
export const STYLE = `
:root{color-scheme:light dark;--paper:#faf9f5;--ink:#14202b;--soft:#525e69;--line:#dedad0;--tint:#f0eee7;--sea:#0b5876;--alarm:#a3271a;
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua",Georgia,serif;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;
--mono:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{--paper:#0e151b;--ink:#e9e6df;--soft:#9eabb5;--line:#2a353e;--tint:#161f27;--sea:#74c3de;--alarm:#ff9d8b}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 var(--sans);font-variant-numeric:tabular-nums}
header,main,footer{max-width:64rem;margin-inline:auto;padding-inline:clamp(1.125rem,5vw,3rem)}
h1,h2,h3,p,dl,dd,ol{margin:0;padding:0}
ol{list-style:none}
code,pre,.log{font-family:var(--mono);font-size:.875em}
code,pre,dd,td,h1,.promise,.name,.why,.fix,.text{overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--sea);outline-offset:3px;border-radius:2px}
.skip{position:absolute;left:-100vw;top:.5rem;padding:.6rem 1rem;background:var(--ink);color:var(--paper)}
.skip:focus{left:.75rem;z-index:1}
svg{display:block;overflow:visible;fill:none;stroke:currentColor}
svg text{stroke:none;fill:var(--soft);font-size:.8125rem}

header{display:grid;grid-template-columns:1fr auto;gap:1.5rem 3rem;align-items:end;padding-block:clamp(2rem,7vw,4.5rem) 2rem}
.kind{color:var(--soft);font-size:.875rem;margin-bottom:1.25rem}
h1{font:400 clamp(2.25rem,6.2vw,4rem)/1.06 var(--serif);letter-spacing:-.018em;text-wrap:balance}
h1 .is{color:var(--soft)}
h1 em{font-style:italic;white-space:nowrap}
.fit h1 em{color:var(--sea)}
.unfit h1 em{color:var(--alarm)}
.lede{margin-top:1rem;color:var(--soft);font-size:1.0625rem;max-width:36rem}
.load-line{width:clamp(8.5rem,22vw,15rem);height:auto;stroke-width:5;mask-image:linear-gradient(90deg,transparent,#000 13%,#000 87%,transparent)}
.load-line text{font:600 13px var(--sans);fill:currentColor;text-anchor:middle;letter-spacing:0}
.load-line .sea{stroke:none;opacity:.2}
.load-line stop{stop-color:var(--sea)}
.load-line .surface{stroke:var(--sea);stroke-width:1.75}
.load-line .far{opacity:.45;stroke-width:1.25}
.load-line.unproven circle{stroke-dasharray:8.9 8.9}
.figures{grid-column:1/-1;display:grid;grid-template-columns:repeat(4,1fr);gap:1.25rem 2rem;padding-top:1.5rem;margin-top:.75rem;border-top:1px solid var(--line)}
.figures div{display:flex;flex-direction:column-reverse}
.figures dd{font:400 1.75rem/1.2 var(--serif)}
.figures dt{color:var(--soft);font-size:.875rem}

section{padding-block:clamp(1.75rem,4vw,3rem) 0}
section:focus{outline:none}
h2{font:400 1.625rem/1.2 var(--serif);letter-spacing:-.01em}
h3{font:600 .9375rem/1.4 var(--sans);margin:1.75rem 0 .5rem}
.count{color:var(--soft);font-weight:400}
.meta,.of,.because{color:var(--soft);font-size:.875rem}
.meta code{font-size:.8125rem}
summary{cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}

.check{border-top:1px solid var(--line)}
.check:last-of-type{border-bottom:1px solid var(--line)}
.check summary{display:grid;grid-template-columns:1.5rem minmax(0,1fr) 11.5rem 6.5rem;gap:.25rem 1rem;align-items:start;padding-block:.8125rem;min-height:2.75rem}
.check summary:hover{background:linear-gradient(var(--tint),var(--tint)) no-repeat 50%/calc(100% + 1.5rem)}
.what .name{display:block}
.name code{font-weight:600;font-size:.9375rem}
.promise{display:block;color:var(--soft);font-size:.9375rem;line-height:1.45}
.figure{font-size:.9375rem}
.gauge,.bar{margin-top:.3rem}
.word{font-size:.9375rem;text-align:right}
.word::after{content:"";display:inline-block;width:.4em;height:.4em;margin:0 .15em .12em .6em;border:solid var(--soft);border-width:0 1.5px 1.5px 0;transform:rotate(45deg)}
[open]>summary .word::after{transform:rotate(225deg);margin-bottom:-.08em}
.failed .word{color:var(--alarm);font-weight:600}
.unproven .word{font-weight:600}
.mark{stroke-width:1.75}
.passed .mark{color:var(--sea)}
.skipped .mark{color:var(--soft)}
.failed .mark{color:var(--alarm)}
.mark .full{fill:currentColor}
.mark .on{stroke:var(--paper);stroke-width:2}
.body{padding:.125rem 0 1.375rem 2.5rem;max-width:50rem}
.why{margin-bottom:.625rem}
.fix{margin-bottom:.875rem;padding-left:.875rem;border-left:2px solid var(--sea)}
.failed .fix{border-color:var(--alarm)}
.fix b{margin-right:.35em}
.evidence{display:grid;gap:.375rem;margin-bottom:.75rem}
.evidence>div{display:grid;grid-template-columns:minmax(0,14rem) minmax(0,1fr);gap:.125rem 1rem;align-items:baseline}
.evidence dt{color:var(--soft);font-size:.875rem}
pre{margin:0;white-space:pre-wrap;background:var(--tint);padding:.5rem .75rem;border-radius:3px;line-height:1.5}

.gauge line,.bar line{stroke-width:5}
.bar line{stroke-width:8}
.track{stroke:var(--line)}
.fill{stroke:var(--sea)}
.gauge .limit{stroke:var(--ink);stroke-width:2}
.over .fill{stroke:var(--alarm)}

.run{margin-top:1.75rem}
.run h3{margin:0}
.timeline{margin:.75rem 0 .5rem}
.timeline text{font-family:var(--sans);stroke:var(--paper);stroke-width:5px;stroke-linejoin:round;paint-order:stroke}
.timeline .label{fill:var(--ink);font-size:.9375rem}
.timeline .value,.timeline .last{text-anchor:end}
.timeline .tick{text-anchor:middle}
.timeline .first{text-anchor:start}
.timeline .last{text-anchor:end}
.timeline .grid{stroke:var(--line);stroke-dasharray:1 4}
.timeline .track{stroke-width:1}
.wait,.work,.bad{stroke-width:7;stroke:var(--sea)}
.work{stroke:var(--ink);stroke-opacity:.62}
.bad{stroke:var(--alarm)}
.ticks{stroke:var(--ink);stroke-width:1.25}
line.signal{stroke:var(--ink);stroke-width:1.5}
text.signal{fill:var(--ink);font-weight:600;text-anchor:middle}
text.before{text-anchor:end}
text.after{text-anchor:start}
.plain{border-top:1px solid var(--line)}
.plain:last-child{border-bottom:1px solid var(--line)}
.plain>summary{padding-block:.625rem;min-height:2.75rem;font-size:.9375rem}
.plain>summary::before{content:"";display:inline-block;width:.4em;height:.4em;margin:0 .75em .1em .15em;border:solid var(--soft);border-width:0 1.5px 1.5px 0;transform:rotate(-45deg)}
.plain[open]>summary::before{transform:rotate(45deg);margin-bottom:.2em}
#decisions h2{margin-bottom:.75rem}
#decisions .plain,.run .plain{margin-top:0}
table{width:100%;border-collapse:collapse;font-size:.9375rem;margin-bottom:1rem}
th{text-align:left;font-weight:400;color:var(--soft);font-size:.875rem}
th,td{padding:.3rem 1rem .3rem 0;vertical-align:top}
td:first-child{white-space:nowrap}
.log{font-size:.8125rem;line-height:1.6;padding-bottom:1rem}
.log li{display:grid;grid-template-columns:4.5rem 4rem minmax(0,1fr);gap:0 .75rem}
.time{text-align:right}
.time,.stream,.gap{color:var(--soft)}
.stderr .stream{font-style:italic}
.text{white-space:pre-wrap}
.log .gap{display:block;padding-block:.35rem;font-family:var(--sans)}

.facts{margin-top:1rem}
.facts>div{display:grid;grid-template-columns:10rem minmax(0,1fr);gap:.125rem 1rem;padding-block:.4375rem;border-top:1px solid var(--line)}
.facts>div:last-child{border-bottom:1px solid var(--line)}
.facts dt{color:var(--soft);font-size:.9375rem}
.facts dd{font-size:.9375rem}
#image .facts dd{font-family:var(--mono);font-size:.8125rem;line-height:1.75}
.because{display:block;font-family:var(--mono);font-size:.8125rem}
.layers li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.125rem 1rem;padding-block:.5rem}
.layers .bar{grid-column:1/-1}
.size{text-align:right;white-space:nowrap}
.lede,.sides,.lines{overflow-wrap:anywhere}
.sides th,.sides td{border-top:1px solid var(--line);padding-block:.4375rem}
.sides th[scope=row]{width:12rem}
.sides td:first-child{white-space:normal}
.sides .worse td,.sides .worse th{color:var(--alarm);font-weight:600}
.lines{font-size:.8125rem;margin-bottom:1rem}
footer{padding-block:clamp(2.5rem,6vw,4rem);color:var(--soft);font-size:.875rem}

@media (max-width:44rem){
header{grid-template-columns:1fr}
.load-line{grid-row:1;width:8rem;margin-left:-1rem}
.kind{display:none}
.figures{grid-template-columns:1fr 1fr}
.check summary{grid-template-columns:1.5rem minmax(0,1fr) auto;column-gap:.75rem}
.what{display:contents}
.what .name{grid-column:2}
.word{grid-column:3;grid-row:1}
.promise,.figure{grid-column:2/-1}
.figure:empty{display:none}
.body{padding-left:0}
.facts>div,.evidence>div{grid-template-columns:1fr}
.log li{grid-template-columns:auto 1fr;padding-block:.2rem}
.time{text-align:left}
.log .text{grid-column:1/-1}
.layers li{grid-template-columns:1fr}
.size{text-align:left}
td{padding-right:.625rem}
.sides{table-layout:fixed;font-size:.875rem}
.sides th[scope=row]{width:auto}
}
@media print{
:root{--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--tint:#f3f3f3;--sea:#0b5876;--alarm:#8f1d12}
body{font-size:10pt}
.skip{display:none}
details::details-content{display:block;content-visibility:visible;block-size:auto}
.word::after,.plain>summary::before{display:none}
.check,.run,.layers li{break-inside:avoid}
h2,h3{break-after:avoid}
}
@media (forced-colors:active){.gauge .fill,.bar .fill,.wait,.work,.bad{stroke:Highlight}.track{stroke:GrayText}}
`;
