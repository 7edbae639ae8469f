/* MailExpert on your own site: tells that a page was reached and what happened on it, to your own account alone.
   No cookie. Nothing is stored in the browser before mailexpert('consent', true), and a browser that asks for privacy
   (Global Privacy Control, Do Not Track) tells nothing at all. */
(function (w, d, n) {
  var own = d.currentScript, early = (w.mailexpert && w.mailexpert.q) || [], name = 'mex';
  if (!own || n.globalPrivacyControl || n.doNotTrack === '1' || w.doNotTrack === '1') {
    w.mailexpert = function () {};
    return;
  }
  var to = own.getAttribute('data-to'), days = +own.getAttribute('data-days') || 7, yes = false;
  var asked = new URLSearchParams(location.search), click = asked.get(name) || words();

  function words() {
    var all = ['utm_source', 'utm_medium', 'utm_campaign'].map(function (one) {
      return encodeURIComponent(asked.get(one) || '').replace(/\./g, '%2E');
    });
    return all[0] && ['u', Math.floor(Date.now() / 864e5)].concat(all).join('.');
  }

  function tell(what) {
    what.page = location.pathname;
    what.click = click || undefined;
    what.consent = yes || undefined;
    fetch(to, { method: 'POST', body: JSON.stringify(what), keepalive: true, credentials: 'omit' }).catch(function () {});
  }

  /* With consent the click is kept for as long as your account counts it; taken back, it is gone. */
  function consent(given) {
    yes = given === true;
    try {
      var kept = JSON.parse(localStorage.getItem(name) || '[]');
      if (!yes || Date.now() - kept[1] > days * 864e5) localStorage.removeItem(name);
      else if (!click) click = kept[0];
      if (yes && click && click !== kept[0]) localStorage.setItem(name, JSON.stringify([click, Date.now()]));
    } catch (e) { /* a browser that keeps nothing */ }
  }

  /* Without consent the click travels in the addresses of this site's own pages, for this visit. */
  function carry(address) {
    if (yes || !click) return address;
    var url = new URL(address, location.href);
    if (url.origin !== location.origin) return address;
    url.searchParams.set(name, click);
    return url.href;
  }
  d.addEventListener('click', function (event) {
    var link = event.target.closest && event.target.closest('a[href]');
    if (link && link.getAttribute('href')[0] !== '#') link.href = carry(link.href);
  }, true);
  d.addEventListener('submit', function (event) {
    var form = event.target, url = carry(form.action);
    if (url === form.action) return;
    if (form.method === 'post') form.action = url;
    else {
      var field = d.createElement('input');
      field.type = 'hidden'; field.name = name; field.value = click;
      form.appendChild(field);
    }
  }, true);

  w.mailexpert = function (verb, what, more) {
    if (verb === 'consent') consent(what);
    else if (verb === 'page') tell({});
    else if (verb === 'goal') tell(Object.assign({ goal: what }, more));
  };
  early.forEach(function (one) { w.mailexpert.apply(null, one); });
  tell({});
})(window, document, navigator);
