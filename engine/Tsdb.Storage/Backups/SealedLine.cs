using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tsdb.Storage.Backups;

/// <summary>One line of JSON, a line feed, the SHA-256 of that line in hexadecimal, a line feed.</summary>
internal static class SealedLine
{
    public static byte[] Write(ReadOnlySpan<byte> line)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(line));
        return [.. line, (byte)'\n', .. Encoding.ASCII.GetBytes(digest), (byte)'\n'];
    }

    /// <summary>Reads what was written.</summary>
    /// <param name="key">The object, for messages.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="options">How the line was made.</param>
    /// <exception cref="BackupException">It is damaged.</exception>
    public static T Parse<T>(string key, ReadOnlySpan<byte> bytes, JsonSerializerOptions options)
    {
        int end = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = bytes[..Math.Max(0, end)];
        string expected = Convert.ToHexStringLower(SHA256.HashData(line));
        string actual = Encoding.ASCII.GetString(bytes[(end + 1)..]).TrimEnd('\n');
        if (end < 0 || actual != expected)
        {
            throw new BackupException(
                BackupFault.ObjectDamaged,
                key,
                $"{key} is damaged: expected SHA-256 {expected}, found '{actual}'");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(line, options) ?? throw new JsonException("null");
        }
        catch (JsonException damage)
        {
            throw new BackupException(
                BackupFault.ObjectDamaged, key, $"{key} is damaged: {damage.Message}", damage);
        }
    }
}
