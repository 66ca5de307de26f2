using Tsdb.Storage.Backups;

namespace Tsdb.Backup.S3;

/// <summary>
/// Where in an object store backups are:
/// <c>s3://BUCKET/PREFIX?endpoint=URL&amp;region=NAME&amp;path-style=true</c>. Holds no secrets: the AWS SDK
/// finds them in the environment, in <c>~/.aws/credentials</c>, or asks the machine it runs on.
/// </summary>
public sealed record S3Location
{
    private const string Scheme = "s3://";
    private const string RegionVariable = "AWS_REGION";
    private const string RegionUsual = "us-east-1";

    /// <summary>The bucket. It is there already.</summary>
    public required string Bucket { get; init; }

    /// <summary>Comes before every key, with a '/' between; may be empty. No '/' at either end.</summary>
    public required string Prefix { get; init; }

    /// <summary>The store's address, as <c>http://127.0.0.1:9000</c>; null for AWS.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The region; it is part of every signature.</summary>
    public required string Region { get; init; }

    /// <summary>Whether the bucket stands in the path, as most stores other than AWS want it, or in the
    /// host's name.</summary>
    public required bool UsesPathStyle { get; init; }

    /// <summary>Whether the text means to be one, right or wrong.</summary>
    public static bool IsLocation(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a location.</summary>
    /// <exception cref="BackupException">It is none; the message says which part is wrong.</exception>
    public static S3Location Parse(string text)
    {
        if (!IsLocation(text))
        {
            throw Refuse(text, "it does not begin with s3://");
        }

        string rest = text[Scheme.Length..];
        int query = rest.IndexOf('?', StringComparison.Ordinal);
        Dictionary<string, string> options = ReadOptions(text, query < 0 ? "" : rest[(query + 1)..]);
        string path = query < 0 ? rest : rest[..query];
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        string bucket = slash < 0 ? path : path[..slash];
        string prefix = slash < 0 ? "" : path[(slash + 1)..].TrimEnd('/');
        if (!IsBucket(bucket))
        {
            throw Refuse(text, $"'{bucket}' is no name of a bucket");
        }

        if (!IsPrefix(prefix))
        {
            throw Refuse(text, $"'{prefix}' is no prefix: letters, digits, '_', '-', '.' between single '/'");
        }

        Uri? endpoint = ReadEndpoint(text, options.GetValueOrDefault("endpoint"));
        return new S3Location
        {
            Bucket = bucket,
            Prefix = prefix,
            Endpoint = endpoint,
            Region = options.GetValueOrDefault("region")
                ?? Environment.GetEnvironmentVariable(RegionVariable) ?? RegionUsual,
            UsesPathStyle = ReadSwitch(text, options.GetValueOrDefault("path-style")) ?? endpoint is not null,
        };
    }

    /// <summary>The location without what only says how to reach it.</summary>
    public override string ToString() => Prefix.Length == 0 ? Scheme + Bucket : $"{Scheme}{Bucket}/{Prefix}";

    /// <summary>A place below this one.</summary>
    /// <param name="relative">Further parts of the prefix, or nothing.</param>
    /// <exception cref="BackupException">It is no prefix.</exception>
    public S3Location Below(string relative)
    {
        string more = relative.Trim('/');
        return IsPrefix(more)
            ? this with { Prefix = $"{Prefix}/{more}".Trim('/') }
            : throw Refuse(relative, "letters, digits, '_', '-', '.' between single '/' make a prefix");
    }

    /// <summary>Whether a place is this one or below it, in the same store.</summary>
    public bool Holds(S3Location other) =>
        other.Bucket == Bucket && other.Endpoint == Endpoint
        && (Prefix.Length == 0 || other.Prefix == Prefix
            || other.Prefix.StartsWith(Prefix + "/", StringComparison.Ordinal));

    private static Dictionary<string, string> ReadOptions(string text, string query)
    {
        Dictionary<string, string> options = [];
        foreach (string option in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? option : option[..equals];
            if (equals < 0 || name is not ("endpoint" or "region" or "path-style"))
            {
                throw Refuse(text, $"'{option}' is not endpoint=URL, region=NAME or path-style=true");
            }

            options[name] = Uri.UnescapeDataString(option[(equals + 1)..]);
        }

        return options;
    }

    private static Uri? ReadEndpoint(string text, string? endpoint)
    {
        if (endpoint is null)
        {
            return null;
        }

        return Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address)
            && address.Scheme is "http" or "https" && address.UserInfo.Length == 0
            ? address
            : throw Refuse(text, $"endpoint '{endpoint}' is no http or https address without a password");
    }

    private static bool? ReadSwitch(string text, string? value) => value switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw Refuse(text, $"path-style '{value}' is neither true nor false"),
    };

    private static bool IsBucket(string name) =>
        name.Length is >= 3 and <= 63 && name.All(static letter => char.IsAsciiLetterOrDigit(letter)
            || letter is '-' or '.' or '_');

    private static bool IsPrefix(string prefix) =>
        prefix.Length == 0 || prefix.Split('/').All(static part => part is not ("" or "." or "..")
            && part.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_'));

    private static BackupException Refuse(string text, string reason) =>
        new(BackupFault.TargetRefused, text, $"'{text}' is no place in an object store: {reason}");
}
