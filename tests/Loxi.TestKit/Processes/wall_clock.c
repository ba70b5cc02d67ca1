/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wall clock of one process, set and slewed from outside (FakeWallClock.cs): preloaded, and found as "libc.so" by a program that looks the C library up by name.
 * CLOCK_MONOTONIC and all waits stay the kernel's, as they do when somebody sets the clock of a machine; stamps of received datagrams follow the clock, as they do there.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

/* From a moment of the machine's clock on: how far away the own one is then, and by how much more it runs. */
struct setting {
	long long since;
	long long offset;
	double drift;
};

/* The setting in force is that of turn & 1, the other one is that of before. */
struct area {
	long long turn;
	struct setting settings[2];
};

static const struct area *area;

__attribute__((constructor)) static void map_area(void)
{
	const char *path = getenv("LOXI_WALL_CLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	void *memory = mmap(NULL, sizeof(struct area), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (memory != MAP_FAILED)
		area = memory;
}

static void shift(struct timespec *time)
{
	if (!area)
		return;
	long long real = time->tv_sec * SECOND + time->tv_nsec;
	long long turn = __atomic_load_n(&area->turn, __ATOMIC_ACQUIRE);
	const struct setting *setting = &area->settings[turn & 1];
	if (real < setting->since)
		setting = &area->settings[(turn + 1) & 1];
	long long wall = real + setting->offset + (long long)((double)(real - setting->since) * setting->drift);
	time->tv_sec = wall / SECOND;
	time->tv_nsec = wall % SECOND;
}

int clock_gettime(clockid_t id, struct timespec *time)
{
	int result = (int)syscall(SYS_clock_gettime, id, time);
	if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		shift(time);
	return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
	struct timespec now;
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	time->tv_sec = now.tv_sec;
	time->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *seconds)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (seconds)
		*seconds = now.tv_sec;
	return now.tv_sec;
}

static void shift_stamp(struct msghdr *message)
{
	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) {
		if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SO_TIMESTAMPNS) {
			struct timespec stamp;
			memcpy(&stamp, CMSG_DATA(control), sizeof(stamp));
			shift(&stamp);
			memcpy(CMSG_DATA(control), &stamp, sizeof(stamp));
		}
	}
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	ssize_t length = syscall(SYS_recvmsg, fd, message, flags);
	if (length >= 0)
		shift_stamp(message);
	return length;
}

int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, struct timespec *timeout)
{
	int received = (int)syscall(SYS_recvmmsg, fd, messages, count, flags, timeout);
	for (int i = 0; i < received; i++)
		shift_stamp(&messages[i].msg_hdr);
	return received;
}
