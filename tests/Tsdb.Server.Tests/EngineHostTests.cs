using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Server.Faults;
using Tsdb.Server.Hosting;
using Tsdb.Server.Options;

namespace Tsdb.Server.Tests;

public sealed class EngineHostTests
{
    [Fact]
    public async Task Until_the_logs_are_replayed_requests_are_told_to_wait()
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("tsdb-host-test-");
        await using (EngineHost host = new(
            new ServerOptions { DataDirectory = data.FullName }, TimeProvider.System))
        {
            Assert.False(host.IsOpen);
            RequestFaultException fault = Assert.Throws<RequestFaultException>(() => host.Find("default"));
            Assert.Equal(503, RequestFault.Of(fault).HttpStatus);
            Assert.Equal(Grpc.Core.StatusCode.Unavailable, RequestFault.Of(fault).RpcStatus);
            await host.OpenAsync();
            Assert.True(host.IsOpen);
            Assert.Equal("default", host.Find(null).Name);
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_write_that_comes_after_the_close_is_told_to_come_back()
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("tsdb-host-test-");
        EngineHost host = new(new ServerOptions { DataDirectory = data.FullName }, TimeProvider.System);
        await host.OpenAsync();
        Database database = host.GetOrCreate(null);
        await host.DisposeAsync();
        Exception? fault = await Record.ExceptionAsync(
            () => database.Writes.WriteBatchAsync(
                new SampleBatch(),
                new RejectLog(),
                Durability.Fsync,
                TestContext.Current.CancellationToken));
        Assert.NotNull(fault);
        Assert.Equal(503, RequestFault.Of(fault).HttpStatus);
        Assert.Equal(Grpc.Core.StatusCode.Unavailable, RequestFault.Of(fault).RpcStatus);
        data.Delete(recursive: true);
    }
}
