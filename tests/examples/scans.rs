//! Prints events of a free run beside the recorded ones: `scans NAME`.

use hintfault::event::EventKind;
use hintfault_tests::free::observed::world;

use hintfault_tests::recording::{Recording, folder};

fn main() {
    let name = std::env::args().nth(1).expect("a run");
    let run = Recording::read(&folder().join(format!("{name}.json.gz")));
    for scan in run.events.scans() {
        println!(
            "rec {:9.1} {} cpu{} period {} taskseq {} seq {}->{} off {:x}->{:x} stamp {:.1} rt {:.1} cost {:.1} next {} {:?} pref {}",
            scan.t_ms,
            scan.thread,
            scan.cpu,
            scan.scan_period_ms,
            scan.task_scan_seq,
            scan.mm_scan_seq,
            scan.after_mm_scan_seq,
            scan.scan_offset,
            scan.after_scan_offset,
            scan.node_stamp_ms,
            scan.runtime_ms,
            scan.cost_ms,
            scan.next_scan_jiffies_lo32,
            scan.faults_locality_remote_local_failed,
            scan.preferred_nid
        );
    }
    let mut world = world(&run);
    let mut seen = 0;
    for &at in &run.series.t_ms {
        let mut to = hintfault_tests::free::threads::at(&run, at);
        to.0 += 1;
        while world.clock().now < to {
            let step = (world.clock().now.0 + 2_000_000).min(to.0);
            world.run_until(hintfault::time::Ns(step));
            let fresh = world.events(seen, usize::MAX);
            seen += fresh.len() as u64;
            let tasks = world.tasks();
            let mms = world.mms();
            for event in fresh {
                let task = &tasks[event.task.0 as usize];
                let t = event.time.0 as f64 / 1e6;
                match event.kind {
                    EventKind::ScanBegin { verdict, scan_seq, offset, .. } => println!(
                        "sim {t:9.1} {} cpu{} {verdict:?} period {} taskseq {} seq {scan_seq} off {:x} stamp {:.1} rt {:.1} next {} {:?} pref {:?}",
                        task.name,
                        event.cpu.0,
                        task.scan_period_ms,
                        task.scan_seq,
                        offset.0,
                        task.node_stamp.0 as f64 / 1e6,
                        task.runtime.0 as f64 / 1e6,
                        mms[task.process.index()].next_scan.0,
                        task.faults_locality,
                        task.preferred_nid
                    ),
                    EventKind::ScanEnd { scan_seq, offset, .. } => {
                        println!("sim {t:9.1} {} end seq {scan_seq} off {:x}", task.name, offset.0)
                    }
                    EventKind::Placement { max_nid, old_period_ms, new_period_ms } => {
                        println!("sim {t:9.1} {} placement {max_nid:?} {old_period_ms}->{new_period_ms}", task.name)
                    }
                    EventKind::SetPreferred { nid } => println!("sim {t:9.1} {} preferred {nid:?}", task.name),
                    EventKind::JoinGroup { gid, nr_tasks } => {
                        println!("sim {t:9.1} {} group {} {nr_tasks}", task.name, gid.0)
                    }
                    EventKind::TaskMoved { from, to, cause } => {
                        println!("sim {t:9.1} {} moved {}->{} {cause:?}", task.name, from.0, to.0)
                    }
                    EventKind::TaskStuck { .. } => println!("sim {t:9.1} {} stuck", task.name),
                    _ => {}
                }
            }
        }
    }
    for row in &run.events.cpu_migrate {
        println!("rec {:9.1} {} moved {}->{}", row.t_ms, row.thread, row.from_cpu, row.to_cpu);
    }
    for row in &run.events.set_preferred {
        println!("rec {:9.1} {} preferred {}", row.t_ms, row.thread, row.nid);
    }
    for row in &run.events.moves {
        println!("rec {:9.1} {} NUMA move {}->{}", row.t_ms, row.thread, row.src_cpu, row.dst_cpu);
    }
    for row in &run.events.swap {
        println!("rec {:9.1} {} NUMA swap {:?}", row.t_ms, row.thread, row.dst_thread);
    }
    for row in &run.events.stick {
        println!("rec {:9.1} {} stick", row.t_ms, row.thread);
    }
    for (id, series) in &run.series.threads {
        let mut last = 0;
        for (place, &group) in series.group_id.iter().enumerate() {
            if group != last {
                println!("rec {:9.1} {id} group {group}", run.series.t_ms[place]);
                last = group;
            }
        }
    }
}
