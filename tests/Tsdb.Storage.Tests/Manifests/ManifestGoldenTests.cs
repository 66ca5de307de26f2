using Tsdb.Faults;

namespace Tsdb.Storage.Tests.Manifests;

public sealed class ManifestGoldenTests
{
    [Fact]
    public void A_manifest_of_version_1_is_read_and_still_written_byte_for_byte()
    {
        var device = new SimulatedStorageDevice();
        List<string> states = ManifestScenario.WriteHistory(device);
        GoldenFiles.WriteIfAsked("manifest/v1", device);
        SimulatedStorageDevice golden = GoldenFiles.Load("manifest/v1");
        Assert.Equal(states[^1], ManifestScenario.Read(golden));
        Assert.Equal(golden.ListFiles(), device.ListFiles());
        Assert.All(golden.ListFiles(), path => Assert.Equal(golden.ReadFile(path), device.ReadFile(path)));
    }
}
