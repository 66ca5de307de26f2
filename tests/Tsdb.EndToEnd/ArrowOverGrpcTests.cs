using System.Text.Json;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

/// <summary>Node's grpc-js and apache-arrow, Python's grpcio: none of it ours, all of it exact.</summary>
public sealed class ArrowOverGrpcTests(SharedServer server)
{
    [Fact]
    public async Task Node_reads_every_type_bit_for_bit()
    {
        await server.WriteAsync(
            "grpc_exact",
            """
            exact,site=a\ b,device=d1 v=1.5,n=-9223372036854775808i,ok=t,note="\"u\\, ü🚀" 1700000000123456789
            exact,site=a\ b v=-0.0 1700000000123456790
            exact,device=d2 v=5e-324,n=9223372036854775807i 1700000000123456791
            exact,site=Zürich,device=d1 v=1.7976931348623157e308,ok=false,note="" 4102444800000000001
            exact,site=Zürich,device=d1 n=9007199254740993i -1

            """);
        JsonElement reply = await QueryAsync(
            "grpc_exact", "SELECT ts, site, device, v, n, ok, note FROM exact ORDER BY ts");
        Assert.Equal(
            """
            ["ts Timestamp<NANOSECOND, UTC>","site Dictionary<Int32, Utf8>","device Dictionary<Int32, Utf8>",
            "v Float64","n Int64","ok Bool","note Utf8"]
            """.ReplaceLineEndings(""),
            reply.GetProperty("columns").GetRawText());
        Assert.Equal(
            """
            [["-1","Zürich","d1",null,"9007199254740993",null,null],
            ["1700000000123456789","a b","d1","3ff8000000000000","-9223372036854775808",true,"\"u\\, ü🚀"],
            ["1700000000123456790","a b",null,"8000000000000000",null,null,null],
            ["1700000000123456791",null,"d2","0000000000000001","9223372036854775807",null,null],
            ["4102444800000000001","Zürich","d1","7fefffffffffffff",null,false,""]]
            """.ReplaceLineEndings(""),
            reply.GetProperty("rows").GetRawText());
        Assert.Equal("5", reply.GetProperty("stats").GetProperty("rowsReturned").GetString());
    }

    [Fact]
    public async Task An_Arrow_stream_made_by_node_is_stored_bit_for_bit_with_its_NaN()
    {
        JsonElement outcome = await ForeignProcess.RunNodeAsync(
            "write-arrow", new { address = server.GrpcAddress, table = "from_arrow", pieceSizeBytes = 100 });
        Assert.Equal(
            """{"code":0,"stored":"5","rejected":"0","durability":"DURABILITY_FSYNC"}""",
            outcome.GetRawText());
        JsonElement reply = await QueryAsync("", "SELECT ts, place, v, n FROM from_arrow ORDER BY ts");
        Assert.Equal(
            """
            [["1","north","7ff8000000000000","-9223372036854775808"],
            ["2","south","8000000000000000","9223372036854775807"],
            ["3","north","7ff0000000000000","0"],["4","north","fff0000000000000",null],
            ["1700000000123456789","söuth","3ff8000000000001","42"]]
            """.ReplaceLineEndings(""),
            reply.GetProperty("rows").GetRawText());
    }

    [Fact]
    public async Task Node_and_Python_read_the_same_bytes_of_a_result_of_many_batches()
    {
        await server.WriteAsync("grpc_wide", WideRows.ToLines());
        JsonElement node = await QueryAsync("grpc_wide", WideRows.Sql, digest: true);
        Assert.Equal(WideRows.Count, node.GetProperty("rowCount").GetInt32());
        Assert.Equal(WideRows.TextSha256(), node.GetProperty("textSha256").GetString());
        Assert.InRange(node.GetProperty("batchCount").GetInt32(), 2, 1000);
        Assert.InRange(node.GetProperty("chunkCount").GetInt32(), 2, 1000);

        using PythonMessages messages = await PythonMessages.MakeAsync("query", "types");
        JsonElement python = await ForeignProcess.RunPythonAsync("query", new
        {
            address = server.GrpcAddress,
            request = new { sql = WideRows.Sql, database = "grpc_wide" },
            messages = messages.Folder,
        });
        Assert.Equal(
            node.GetProperty("ipcSha256").GetString(), python.GetProperty("ipcSha256").GetString());
        Assert.Equal(1, python.GetProperty("schemas").GetInt32());
        Assert.Equal(node.GetProperty("batchCount").GetInt32(), python.GetProperty("batches").GetInt32());
        Assert.Equal(WideRows.Count, python.GetProperty("rows").GetInt32());
        Assert.Equal(WideRows.Count, python.GetProperty("rowsReturned").GetInt32());
        Assert.Equal("INVALID_ARGUMENT", python.GetProperty("refused").GetString());
    }

    [Fact]
    public async Task Parameters_are_bound_by_type()
    {
        await server.WriteAsync("grpc_params", "p,host=a v=1.5,n=1i 1\np,host=it's v=2.5,n=2i 2\n");
        JsonElement reply = await ForeignProcess.RunNodeAsync("query", new
        {
            address = server.GrpcAddress,
            request = new
            {
                sql = "SELECT n FROM p WHERE host = $host AND v > $v AND ts >= $from AND n = $n",
                database = "grpc_params",
                @params = new Dictionary<string, object>
                {
                    ["host"] = new { text = "it's" },
                    ["v"] = new { float64 = 2.25 },
                    ["n"] = new { int64 = "2" },
                    ["from"] = new { timestampNs = "2" },
                },
            },
        });
        Assert.Equal("""[["2"]]""", reply.GetProperty("rows").GetRawText());
    }

    [Fact]
    public async Task A_row_limit_cuts_the_result_and_says_so()
    {
        await server.WriteAsync("grpc_limit", "l v=1 1\nl v=2 2\nl v=3 3\n");
        JsonElement reply = await ForeignProcess.RunNodeAsync("query", new
        {
            address = server.GrpcAddress,
            request = new
            {
                sql = "SELECT ts FROM l ORDER BY ts",
                database = "grpc_limit",
                options = new { rowLimit = "2" },
            },
        });
        Assert.Equal("""[["1"],["2"]]""", reply.GetProperty("rows").GetRawText());
        Assert.True(reply.GetProperty("stats").GetProperty("truncated").GetBoolean());
        Assert.Equal("2", reply.GetProperty("stats").GetProperty("rowsReturned").GetString());
    }

    private Task<JsonElement> QueryAsync(string database, string sql, bool digest = false) =>
        ForeignProcess.RunNodeAsync(
            "query", new { address = server.GrpcAddress, request = new { sql, database }, digest });
}
