// Passkeys. A form with data-passkey="create" or "get" asks the browser for a credential and sends it with itself.
// Its options stand in data-passkey-options, or are fetched from its address. Without scripts the form stays hidden.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const withBytes = (credentials) => (credentials || []).map((one) => ({ ...one, id: toBytes(one.id) }));

function creationOptions(options, alone) {
  return {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
    authenticatorSelection: {
      ...options.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      userVerification: alone ? "required" : "preferred",
    },
  };
}

function requestOptions(options) {
  return {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: withBytes(options.allowCredentials),
  };
}

function plain(credential) {
  const answer = credential.response;
  const response = { clientDataJSON: toText(answer.clientDataJSON) };
  if (answer.attestationObject) {
    response.attestationObject = toText(answer.attestationObject);
    response.transports = answer.getTransports ? answer.getTransports() : [];
  } else {
    response.authenticatorData = toText(answer.authenticatorData);
    response.signature = toText(answer.signature);
    response.userHandle = answer.userHandle ? toText(answer.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function optionsOf(form) {
  if (form.dataset.passkeyOptions) return JSON.parse(form.dataset.passkeyOptions).publicKey;
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return (await answer.json()).request_options.publicKey;
}

async function ask(form) {
  const options = await optionsOf(form);
  if (form.dataset.passkey === "create") {
    const alone = form.querySelector("[data-passkey-alone]")?.checked ?? false;
    return navigator.credentials.create({ publicKey: creationOptions(options, alone) });
  }
  return navigator.credentials.get({ publicKey: requestOptions(options) });
}

function bind(form) {
  const failed = form.querySelector("[data-passkey-failed]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      form.querySelector("[data-passkey-credential]").value = JSON.stringify(plain(await ask(form)));
    } catch {
      failed.hidden = false; // cancelled, timed out, or a key that is here already: the words say what to do
      return;
    }
    form.submit();
  });
}

if (window.PublicKeyCredential) document.querySelectorAll("form[data-passkey]").forEach(bind);
