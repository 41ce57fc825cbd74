/** In unit tests, the module that the build makes of the course (web/build/lessons.ts): there is no site. */
export default "http://localhost/contents.json";
