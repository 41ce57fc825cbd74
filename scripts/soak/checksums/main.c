/*
 * Computes what a processor can get wrong and prints it, a line each: integers of 64 bits, the
 * x87, SSE2 doubles and integers, and code that writes code. Compiled for the host it gives the right answers.
 */
#define _DEFAULT_SOURCE
#include <emmintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static uint32_t next_random(uint32_t *state)
{
	uint32_t x = *state;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

/* An integer of 64 bits mixed with one of 32, as FNV-1a does it: multiplications with carries. */
static void integers(void)
{
	uint64_t hash = 0xcbf29ce484222325ull;
	uint32_t state = 1;
	for (int i = 0; i < 2000000; i++) {
		hash ^= next_random(&state) & 0xff;
		hash *= 0x100000001b3ull;
	}
	printf("integers %016llx\n", (unsigned long long)hash);
}

/* Whole numbers below 2^64 are exact in the x87's 80 bits. */
static void x87(void)
{
	volatile long double sum = 0;
	for (int i = 1; i <= 200000; i++) {
		volatile long double square = (long double)i * i;
		sum += square;
		if (i % 1000 == 0)
			sum = sum / 4 * 4;
	}
	printf("x87 %llu\n", (unsigned long long)sum);
}

/* Doubles round as IEEE 754 says, so every digit is known. */
static void doubles(void)
{
	double x = 0.5;
	double sum = 0;
	for (int i = 1; i <= 300000; i++) {
		x = 3.9 * x * (1 - x);
		sum += x / i;
	}
	uint64_t bits;
	memcpy(&bits, &sum, sizeof(bits));
	printf("doubles %016llx\n", (unsigned long long)bits);
}

static void vectors(void)
{
	__m128i words = _mm_set_epi32(4, 3, 2, 1);
	__m128i step = _mm_set1_epi32((int)0x9e3779b9u);
	for (int i = 0; i < 500000; i++) {
		words = _mm_add_epi32(words, step);
		words = _mm_xor_si128(words, _mm_slli_epi32(words, 7));
		words = _mm_shuffle_epi32(words, 0x93);
	}
	uint32_t out[4];
	_mm_storeu_si128((__m128i *)out, words);
	printf("vectors %08x%08x%08x%08x\n", out[0], out[1], out[2], out[3]);
}

/* mov eax, NUMBER; ret: written anew before each call. */
static int written_code(void)
{
	uint8_t *code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (code == MAP_FAILED)
		return 1;
	uint32_t sum = 0;
	for (uint32_t i = 0; i < 20000; i++) {
		code[0] = 0xb8;
		memcpy(code + 1, &i, sizeof(i));
		code[5] = 0xc3;
		/* The same bytes, many times, before they change. */
		for (int again = 0; again < 20; again++)
			sum += ((uint32_t(*)(void))code)();
	}
	printf("written code %u\n", sum);
	return 0;
}

int main(void)
{
	integers();
	x87();
	doubles();
	vectors();
	return written_code();
}
