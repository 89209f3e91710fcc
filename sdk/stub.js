// Stands in for window.tacit until the script has loaded: remembers each call and when it was made. Where the
// script does not come, each is answered plainly, and a "no" or an erasure is carried out as far as a page can.
((lists, names, erasures, storage) => {
  // On a server, where a bundle of both sides imports it, there is no page to stand in for.
  if (typeof window === "undefined" || window.tacit?.track) return;
  const calls = [];
  const stub = { calls };
  const quietly = (run) => {
    try {
      run();
    } catch {
      // Site data are blocked: then there are none.
    }
  };
  const erase = async () => {
    for (const key of Object.keys(storage())) {
      if (key.startsWith("tacit.event.")) storage().removeItem(key);
    }
    const databases = JSON.parse(storage().getItem("tacit.databases") || '["tacit"]');
    for (const name of databases) {
      await new Promise((done) => {
        const asked = indexedDB.deleteDatabase(name);
        asked.onsuccess = asked.onerror = asked.onblocked = done;
      });
    }
  };
  for (const name of names.split(" ")) {
    stub[name] = (...args) =>
      new Promise((answer) => {
        const call = { name, args, atMs: Date.now(), answer };
        if (calls.length < 5000 || args[0] === "purchase") calls.push(call);
        if (erasures.includes(name)) quietly(() => storage().setItem(`tacit.${name}`, "1"));
        setTimeout(async () => {
          if (!calls.includes(call)) return;
          await (erasures.includes(name) && erase().catch(() => {}));
          answer(lists.includes(name) ? [] : name === "lists" ? {} : name === "steer" ? () => {} : null);
        }, 10000);
      });
  }
  stub.variant = (name, fallback) => {
    const call = { name: "variant", args: [name, fallback], atMs: Date.now(), answer: () => {} };
    if (calls.push(call) > 5000) calls.pop();
    let value = fallback;
    quietly(() => {
      const arm = JSON.parse(storage().getItem("tacit.arms"))[name];
      if (arm.value !== undefined) value = arm.value;
    });
    return value;
  };
  window.tacit = stub;
})(
  ["recommend", "similar", "goesWith", "search", "trending"],
  "track declare steer pause resume recommend similar goesWith search trending lists explain optOut optIn panel reportBytes exportData move forget erase on leave",
  ["optOut", "erase"],
  () => localStorage,
);
