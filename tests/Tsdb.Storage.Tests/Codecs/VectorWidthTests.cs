using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tsdb.Storage.Tests.Codecs;

/// <summary>
/// Bytes and values are the same with every set of vector instructions. The runtime fixes the set when a
/// process starts, so this assembly is run again with instructions switched off, and the digests are
/// compared.
/// </summary>
public sealed class VectorWidthTests(ITestOutputHelper output)
{
    private const string ReportVariable = "TSDB_CODEC_DIGEST_REPORT";

    [Fact]
    public async Task Digests_are_the_same_without_512_bits()
    {
        string instructions = await CompareWithChild("DOTNET_EnableAVX512");
        Assert.Contains("avx512=False", instructions, StringComparison.Ordinal);
        Assert.Contains("vector512=False", instructions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Digests_are_the_same_without_256_bits()
    {
        string instructions = await CompareWithChild("DOTNET_EnableAVX2");
        Assert.Contains("avx2=False fma=False", instructions, StringComparison.Ordinal);
        Assert.Contains("vector256=False", instructions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Digests_are_the_same_without_vectors()
    {
        string instructions = await CompareWithChild("DOTNET_EnableHWIntrinsic");
        Assert.Contains("vector256=False vector128=False", instructions, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digest_is_the_same_again_in_one_process()
    {
        string digest = CodecDigest.Compute();
        Assert.Equal(digest, CodecDigest.Compute());
        string? reportPath = Environment.GetEnvironmentVariable(ReportVariable);
        if (reportPath is not null)
        {
            File.WriteAllLines(reportPath, [digest, DescribeInstructions()]);
        }
    }

    private static string DescribeInstructions() =>
        $"avx512={Avx512F.IsSupported} avx2={Avx2.IsSupported} fma={Fma.IsSupported} "
        + $"vector512={Vector512.IsHardwareAccelerated} vector256={Vector256.IsHardwareAccelerated} "
        + $"vector128={Vector128.IsHardwareAccelerated}";

    private async Task<string> CompareWithChild(string switchedOff)
    {
        string program = Path.ChangeExtension(
            typeof(VectorWidthTests).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
        string reportPath = Path.Combine(
            AppContext.BaseDirectory, $"digest-{switchedOff}-{Environment.ProcessId}.txt");
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-method");
        string method = nameof(The_digest_is_the_same_again_in_one_process);
        start.ArgumentList.Add($"{typeof(VectorWidthTests).FullName}.{method}");
        start.Environment[switchedOff] = "0";
        start.Environment[ReportVariable] = reportPath;
        try
        {
            using Process child = Process.Start(start)!;
            CancellationToken cancellation = TestContext.Current.CancellationToken;
            string console = await child.StandardOutput.ReadToEndAsync(cancellation);
            await child.WaitForExitAsync(cancellation);
            Assert.True(child.ExitCode == 0, console);
            string[] report = await File.ReadAllLinesAsync(reportPath, cancellation);
            output.WriteLine($"here: {DescribeInstructions()}; child: {report[1]}");
            Assert.Equal(CodecDigest.Compute(), report[0]);
            return report[1];
        }
        finally
        {
            File.Delete(reportPath);
        }
    }
}
