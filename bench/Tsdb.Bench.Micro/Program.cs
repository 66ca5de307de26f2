using BenchmarkDotNet.Running;
using Tsdb.Bench.Micro.Allocations;

if (args is ["--gate", string baselinePath, .. string[] rest])
{
    return AllocationGate.Run(baselinePath, isUpdate: rest is ["--update"]) ? 0 : 1;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
