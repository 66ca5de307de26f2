using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;

namespace Tsdb.Bench.Micro.Codecs;

/// <summary>
/// The same benchmark with the instructions of this machine, and again without its wider vectors.
/// </summary>
internal sealed class VectorWidthConfig : ManualConfig
{
    public VectorWidthConfig()
    {
        AddJob(Job.ShortRun.WithId("all").AsBaseline());
        AddJob(Job.ShortRun.WithId("no AVX-512").WithEnvironmentVariable("DOTNET_EnableAVX512", "0"));
        AddJob(Job.ShortRun.WithId("no AVX2").WithEnvironmentVariable("DOTNET_EnableAVX2", "0"));
        AddJob(Job.ShortRun.WithId("scalar").WithEnvironmentVariable("DOTNET_EnableHWIntrinsic", "0"));
    }
}
