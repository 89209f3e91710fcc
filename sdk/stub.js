// Stands in for window.tacit until the script has loaded: remembers each call and when it was made.
window.tacit ??= ((calls, stub = { calls }) => {
  const names = "track recommend similar trending explain optOut optIn panel reportBytes exportData erase on";
  for (const name of names.split(" ")) {
    stub[name] = (...args) =>
      new Promise((answer) => {
        calls.push({ name, args, atMs: Date.now(), answer });
      });
  }
  return stub;
})([]);
