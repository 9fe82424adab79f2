// Ask the device for its passkey and send what it answers.
async function askDevice(form) {
  const ask = form.dataset.passkey === "register" ? handleRegister : handleSignin;
  const answer = await ask(form.dataset.options);
  if (!answer.credential) {
    form.querySelector("[data-says]").hidden = true;
    document.querySelector("[data-failed]").hidden = false;
    return;
  }
  form.elements.credential.value = answer.credential;
  form.submit();
}

document.querySelectorAll("[data-passkey]").forEach(askDevice);
