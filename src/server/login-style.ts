/** The look of the pages for logging in and for the first administrator. */
export const LOGIN_STYLE = `
:root { font: 16px/1.5 system-ui, sans-serif; background: #11151a; color: #dfe5ec; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem; background: radial-gradient(70rem 40rem at 50% -10rem, #1d2936, #11151a); }
main { width: min(100%, 23rem); background: #1a2028; border: 1px solid #252d38; border-radius: .9rem; padding: 1.75rem; box-shadow: 0 1rem 3rem #0008; }
svg { width: 2.6rem; height: 2.6rem; display: block; margin-bottom: .6rem; }
h1 { font-size: 1.35rem; letter-spacing: .02em; margin: 0; }
p { color: #a3b0bf; margin: .25rem 0 1.2rem; }
label { display: block; font-size: .85rem; color: #a3b0bf; margin-bottom: .9rem; }
input { display: block; width: 100%; margin-top: .25rem; padding: .6rem .75rem; font: inherit; color: inherit; background: #0d1116; border: 1px solid #39424e; border-radius: .5rem; }
input:focus { outline: 2px solid #7ab7ff; outline-offset: 1px; }
button { width: 100%; padding: .65rem; font: inherit; font-weight: 600; color: #06121f; background: #7ab7ff; border: 0; border-radius: .5rem; cursor: pointer; }
button:hover { background: #98c7ff; }
button:disabled { opacity: .55; cursor: wait; }
[role="alert"] { min-height: 1.5em; margin: .8rem 0 0; color: #fca5a5; font-size: .9rem; }
`
