/**
 * Texts to choose by: other themes and other words than `cases.ts` has, in the same form. What is chosen on them
 * says nothing of how well it does on others.
 */
import type { MeaningCase } from "./cases.ts";

const cased = (text: string, expected: string): MeaningCase => ({ text, expected: expected.split(" ") });

export const developingCases: readonly MeaningCase[] = [
  cased("rodents and hamsters", "mouse mice"),
  cased("hobbies outdoors: hiking and tents", "camping picnic backpack flask fishing torch"),
  cased("ballet and tutus", "dolly doll girl fairy princess"),
  cased("reading novels in the library", "book books bookcover"),
  cased("something to cleanse my skin", "soap sponge flannel bath facial"),
  cased(
    "keeping correspondence with my penpal",
    "letter card notelets envelope writing postcard airmail stamp postage",
  ),
  cased("an accessory for a hairstyle", "hair hairband hairclip hairslide comb clip"),
  cased("barbecue and grilling", "picnic napkin plate cutlery kitchen oven apron table garden"),
  cased(
    "xmas festivities",
    "christmas santa bauble reindeer noel advent yuletide snowman holly tinsel wreath",
  ),
  cased("smokers and cigarettes", "ashtray cigar matches spliff"),
  cased("hip hop musicians and orchestras", "guitar musical harmonica radio jazz disco record singing song"),
  cased("a purse for coins and banknotes", "purse wallet money bank piggy"),
  cased("appetizers and sandwiches", "lunch snack picnic bread biscuit cheese sandwich diner"),
  cased("geometry and mathematics", "calculator ruler school measuring pencil"),
  cased("dragons, unicorns and sorcerers", "fairy magic dragon witch toadstool princess wizard"),
  cased("fragrances and aroma", "scented incense candle scent perfume lavender fragrance vanilla rose"),
  cased("mothers and grandmothers", "mum mother family dad"),
  cased("a puzzle for rainy weekends", "jigsaw puzzle game dominoes playing ludo"),
  cased("carpentry and plumbing", "screwdriver tool hammer wrench ladder hook tape"),
  cased("eyewear against glare", "sunglasses glasses"),
  cased("entrance and welcome rug", "doormat door mat"),
  cased(
    "emeralds and sapphires",
    "ring necklace earrings crystal jewel amethyst ruby gemstone diamante diamond pendant bracelet brooch",
  ),
  cased("drapes for windows", "curtain lace voile fabric"),
  cased("poultry and roosters", "hen chicken chick cockerel egg duck goose"),
  cased("supper with linen and forks", "napkin dinner tablecloth cutlery fork spoon plate placemat table"),
  cased("lizards, turtles and toads", "frog snake lizard gecko toad"),
  cased("something sugary to nibble", "candy sweet lolly chocolate biscuit cookie cake bonbon gum sweetie"),
  cased("organise my clutter", "storage tidy box basket drawer rack organiser cabinet bin hanger"),
  cased("refrigerator ornaments", "fridge magnet magnets"),
  cased("keep beverages cool and frosty", "ice fridge flask cocktail bottle jug"),
];
