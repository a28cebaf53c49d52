// Passkeys: asks for a challenge, lets the browser ask the person, and sends the form with the answer. Every sentence is in the page.
const bytes = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const known = list => (list ?? []).map(one => ({ ...one, id: bytes(one.id) }));

async function make(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const made = await navigator.credentials.create({ publicKey: { ...options, user, challenge: bytes(options.challenge), excludeCredentials: known(options.excludeCredentials) } });
  const { attestationObject, clientDataJSON } = made.response;
  return { id: made.id, rawId: text(made.rawId), type: made.type, extensions: {}, response: { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON) } };
}

async function show(options) {
  const got = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) } });
  const { authenticatorData, clientDataJSON, signature, userHandle } = got.response;
  const response = { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature), userHandle: userHandle && text(userHandle) };
  return { id: got.id, rawId: text(got.rawId), type: got.type, extensions: {}, response };
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!window.PublicKeyCredential) continue;
  form.querySelector('[data-passkey-missing]')?.remove();
  form.querySelector('[data-passkey-ready]').hidden = false;
  form.addEventListener('submit', async e => {
    e.preventDefault();
    const { challenge, credential, failure, email } = form.elements;
    if (form.dataset.passkeyEmail) email.value = document.getElementById(form.dataset.passkeyEmail)?.value ?? '';
    try {
      const answer = await fetch(form.dataset.passkey, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
      // Refused: the form without an answer brings the page that says why.
      if (!answer.ok) return form.submit();
      const begun = await answer.json();
      const shown = await ('passkeyMake' in form.dataset ? make : show)(begun.options.publicKey);
      [challenge.value, credential.value] = [begun.challenge, JSON.stringify(shown)];
    } catch (error) {
      failure.value = error.name || 'Error';
    }
    form.submit();
  });
}
