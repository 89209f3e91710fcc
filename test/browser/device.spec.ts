/** What device is in hand, as a real browser tells it: in the panel alone. */
import { expect, type Page, test } from "@playwright/test";

const sizes = { phone: { width: 412, height: 915 }, tablet: { width: 820, height: 1180 } };

async function deviceIn(page: Page): Promise<Readonly<Record<string, number | null>>> {
  await page.goto("/");
  const features = await page.evaluate(async () => (await window.tacit?.panel())?.profile.features);
  return Object.fromEntries((features ?? []).map(({ name, value }) => [name, value]));
}

test("a desktop is a desktop", async ({ page }) => {
  expect(await deviceIn(page)).toMatchObject({ onPhone: 0, onTablet: 0, onDesktop: 1 });
});

for (const [device, size] of Object.entries(sizes)) {
  test.describe(`a ${device}`, () => {
    test.use({ viewport: size, screen: size, hasTouch: true, isMobile: true });

    test(`is a ${device}`, async ({ page }) => {
      const [onPhone, onTablet] = ["phone", "tablet"].map((each) => Number(each === device));
      expect(await deviceIn(page)).toMatchObject({ onPhone, onTablet, onDesktop: 0 });
    });
  });
}
