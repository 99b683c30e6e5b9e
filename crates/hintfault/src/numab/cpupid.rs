//! `last_cpupid`: who last asked for a page, in 21 bits (include/linux/mm.h, 6.12).

use crate::ids::{CpuId, Tid};

const PID_BITS: u32 = 8;
const PID_MASK: u32 = (1 << PID_BITS) - 1;
const CPU_MASK: u32 = (1 << 13) - 1;

/// `cpu_pid_to_cpupid`.
pub(crate) fn cpu_pid_to_cpupid(cpu: CpuId, tid: Tid) -> u32 {
    (u32::from(cpu.0) & CPU_MASK) << PID_BITS | tid.0 & PID_MASK
}

/// `cpupid_to_cpu`; 8191 where nothing was recorded.
pub(crate) fn cpupid_to_cpu(cpupid: u32) -> u32 {
    cpupid >> PID_BITS & CPU_MASK
}

/// `cpupid_pid_unset`. A task whose id ends in 255 always looks unset.
pub(crate) fn cpupid_pid_unset(cpupid: u32) -> bool {
    cpupid & PID_MASK == PID_MASK
}

/// `cpupid_match_pid`: compares the low 8 bits only.
pub(crate) fn cpupid_match_pid(tid: Tid, cpupid: u32) -> bool {
    tid.0 & PID_MASK == cpupid & PID_MASK
}

/// `hash_32(pid, 6)` as a bit of `pids_active`.
pub(crate) fn pid_bit(tid: Tid) -> u64 {
    const GOLDEN_RATIO_32: u32 = 0x61C8_8647;
    1 << (tid.0.wrapping_mul(GOLDEN_RATIO_32) >> 26)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mm::folio::LAST_CPUPID_UNSET;

    #[test]
    fn encoding_matches_the_worked_numbers() {
        assert_eq!(cpu_pid_to_cpupid(CpuId(5), Tid(1234)), 0x5D2);
        assert_eq!(cpupid_to_cpu(0x5D2), 5);
        assert!(cpupid_match_pid(Tid(1234 + 256), 0x5D2) && !cpupid_match_pid(Tid(1235), 0x5D2));
        assert!(cpupid_pid_unset(LAST_CPUPID_UNSET) && !cpupid_pid_unset(0x5D2));
        assert_eq!(cpupid_to_cpu(LAST_CPUPID_UNSET), 8191);
    }

    #[test]
    fn pid_hash_matches_the_worked_numbers() {
        for (pid, bit) in [(1, 24), (2, 48), (100, 12), (1000, 61), (1234, 22), (4242, 19), (4243, 43)] {
            assert_eq!(pid_bit(Tid(pid)), 1 << bit, "pid {pid}");
        }
    }
}
