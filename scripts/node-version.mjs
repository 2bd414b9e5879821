// Imported before everything else, and written so that an old Node.js can read it.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Atalaya needs Node.js 20.19 or newer; this is ${process.version} (${process.execPath}).\n` +
      'Install a newer one from https://nodejs.org or with your package manager, and try again.\n\n' +
      `Atalaya necesita Node.js 20.19 o posterior; este es ${process.version}.\n` +
      'Instale uno más nuevo desde https://nodejs.org o con su gestor de paquetes, e inténtelo de nuevo.',
  )
  process.exit(1)
}
