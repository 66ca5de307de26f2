using Tsdb.Bench.Workload;
using Tsdb.Bench.Workload.Commands;
using Tsdb.Client;

const string Help = """
    Measures servers end to end with workloads that are the same on every run.

    workload sizes   [--workload A,B,BL] [scale]                  bytes a row of the workloads
    workload ingest  [--workload A] [--targets tsdb,tsdb-grpc,victoria] [--rounds 3] [--connections 2]
                     [--name NAME] [scale]
    workload queries [--workload A] [--check] [--repeats 5] [--name NAME] [scale]
    workload rollups [--hosts 20] [--steps 60480] [--rounds 2] [--repeats 5] [--memtable 16] [--name NAME]
                     queries over rows and over tiers, the same after late rows and a DELETE, and what tiers
                     cost a load
    workload kill    [--rounds 200] [--seed 1] [--append]  kill -9 while writing; nothing acknowledged is lost
    workload recovery --folder DIR [--gb 1] [--rounds 3] [--fill] [--values integers|floats] [--name NAME]
                     kill -9 with so much live log, and what a restart takes; --fill only fills
    workload soak    [--minutes 30] [--connections 2] [--name NAME]  full ingest, queries, merges, deletes
    workload late-curve [--arrivals 6000] [--budget 45] [--only "99:30 days"]
                     what late rows cost; measures the cells that are missing, for about so many seconds
    workload acks    [--senders 1,8,64] [--rows 10] [--seconds 8] [--name NAME]
                     what an acknowledgement takes beside a sync of the device alone
    workload memory  [--limits 512M,8G] [--series 200000] [--run-seconds 60] [--connections 4] [--queries 3]
                     [--name NAME]                peak RSS against the limit, while more is asked than fits
    workload demo    [--data DIR] [--once] [--demo-hosts 2000]     the main job on real input, then serves

    scale:     --hosts 4000 --steps 648 (A; --series N stands for --hosts N --steps 3)
                --sensors 1000 --seconds 10000 (B, BL)   --batch ROWS
                --column-batch 20000 (tsdb-grpc: columns by our client)
                --touch 2048   MiB of memory written to and given back before each load (ingest)
    programs:  --tsdb PATH (default: the launcher at the root)   --victoria PATH (default: victoria-metrics)
    --name writes bench/results/NAME.md with the command, the date and the machine.
    """;

try
{
    Arguments arguments = new(args);
    switch (arguments.Command)
    {
        case "sizes":
            return SizesCommand.Run(arguments);
        case "ingest":
            return IngestCommand.Run(arguments);
        case "queries":
            return QueriesCommand.Run(arguments);
        case "rollups":
            return RollupsCommand.Run(arguments);
        case "demo":
            return await DemoCommand.RunAsync(arguments);
        case "soak":
            return SoakCommand.Run(arguments);
        case "acks":
            return AcksCommand.Run(arguments);
        case "memory":
            return MemoryCommand.Run(arguments);
        case "recovery":
            return await RecoveryCommand.RunAsync(arguments);
        case "late-curve":
            return LateCurveCommand.Run(arguments);
        case "kill":
            return KillCommand.Run(arguments);
        default:
            Console.WriteLine(Help);
            return arguments.Command == "help" ? 0 : 2;
    }
}
catch (Exception failure) when (failure is ArgumentException or IOException or TsdbException)
{
    // The reason, not the stack, is for whoever called a command line tool.
    Console.Error.WriteLine($"workload: {failure.Message}");
    return 1;
}
