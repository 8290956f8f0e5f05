/** The two bodies: the front page, and a room, where `{{room}}` stands for its name. */

const notice = "Lines live 24 hours; the link is the only key.";

export const home = `<body class="home">
<main>
<h1>A room is one link away</h1>
<p class="lead">Open a room, share its link, talk. No account. ${notice}</p>
<form id="open">
<label for="room">Name of the room</label>
<div class="field">
<input id="room" placeholder="tea kitchen" autocomplete="off" autocapitalize="none"
 spellcheck="false" maxlength="60" aria-describedby="hint" autofocus>
<button>Open</button>
</div>
<p id="hint" class="hint" role="status"></p>
</form>
<p class="choices"><a class="choice" href="/lobby">Visit the lobby</a>
<button type="button" class="choice" id="secret">Make a secret room</button></p>
<nav id="recent" aria-labelledby="recent-title" hidden>
<h2 id="recent-title">Where you have been</h2><ul></ul>
</nav>
<noscript><p class="lead">The chat needs JavaScript.</p></noscript>
</main>
<div class="mill" aria-hidden="true"><img class="wheel" src="/assets/icon.svg" alt=""></div>
</body>`;

export const room = `<body class="room">
<header>
<a class="brand" href="/?rooms" aria-label="Rooms"><img src="/assets/icon.svg" alt=""></a>
<div class="where">
<h1>{{room}}</h1>
<p id="state" role="status" data-state="connecting">Connecting…</p>
</div>
<button type="button" class="choice" id="share">Copy link</button>
</header>
<main>
<div id="log" role="log" aria-label="Lines" aria-live="off" aria-busy="true" tabindex="0">
<div class="column">
<p class="notice">${notice}</p>
<button type="button" class="choice" id="earlier" hidden>Show earlier lines</button>
<div id="quiet" hidden>
<img class="wheel" src="/assets/icon.svg" alt="">
<p><strong>It is quiet here.</strong><br>Say something, or share the link.</p>
</div>
<p id="failed" class="notice" hidden>Earlier lines could not be loaded.
<button type="button" class="choice" id="retry">Try again</button></p>
<ol id="lines"></ol>
</div>
</div>
<button type="button" id="latest" hidden>New lines ↓</button>
</main>
<form id="composer" autocomplete="off">
<div class="column">
<div class="name"><label for="name">Your name</label>
<input id="name" autocomplete="nickname" placeholder="Who are you?" enterkeyhint="next"
 aria-describedby="hint"></div>
<div class="field">
<label class="unseen" for="message">Message</label>
<textarea id="message" rows="1" placeholder="Say something" enterkeyhint="send"
 aria-describedby="hint"></textarea>
<button>Send</button>
</div>
<p id="hint" class="hint" role="status"></p>
</div>
</form>
<div id="announcer" class="unseen" aria-live="polite"></div>
<noscript><p class="lead">The chat needs JavaScript.</p></noscript>
</body>`;
