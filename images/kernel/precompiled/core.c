/* What nearly every file of the kernel includes. */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sched/signal.h>
#include <linux/mm.h>
#include <linux/fs.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/seq_file.h>
#include <linux/highmem.h>
#include <linux/uaccess.h>
#include <linux/writeback.h>
#include <linux/memcontrol.h>
#include <linux/security.h>
#include <linux/syscalls.h>
#include <linux/io.h>
