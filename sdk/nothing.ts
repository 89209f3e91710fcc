/** In the place of Node's modules, in what is built for browsers. */
export default {};
