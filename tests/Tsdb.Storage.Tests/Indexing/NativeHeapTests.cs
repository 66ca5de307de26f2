using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage.Tests.Indexing;

public sealed class NativeHeapTests
{
    [Fact]
    public void Blocks_that_nobody_refers_to_are_collected_though_the_managed_heap_is_small()
    {
        const int BlockSizeBytes = 8 << 20;
        const int BlockCount = 200;
        using MemoryAccount account = MemoryAccount.CreateRoot("test", long.MaxValue);
        NativeHeap memory = new(account);
        int before = GC.CollectionCount(GC.MaxGeneration);
        for (int i = 0; i < BlockCount; i++)
        {
            memory.Allocate(BlockSizeBytes);
        }

        Assert.True(GC.CollectionCount(GC.MaxGeneration) > before);
        memory.Close();
    }
}
