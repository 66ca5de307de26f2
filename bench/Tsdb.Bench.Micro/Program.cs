using System.Globalization;
using BenchmarkDotNet.Running;
using Tsdb.Bench.Micro.Allocations;
using Tsdb.Bench.Micro.Catalogs;

if (args is ["--gate", string baselinePath, .. string[] rest])
{
    return AllocationGate.Run(baselinePath, isUpdate: rest is ["--update"]) ? 0 : 1;
}

if (args is ["--catalogue", string seriesCount])
{
    CatalogueReport.Run(int.Parse(seriesCount, CultureInfo.InvariantCulture));
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
