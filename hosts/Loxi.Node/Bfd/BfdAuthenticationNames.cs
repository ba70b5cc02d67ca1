using Loxi.Bfd;

namespace Loxi.Node.Bfd;

/// <summary>The names of the kinds of authentication on the wire.</summary>
internal static class BfdAuthenticationNames
{
    public const string Expected = "none, simple, md5, meticulous-md5, sha1 or meticulous-sha1";

    public static string NameOf(BfdAuthenticationType type) => type switch
    {
        BfdAuthenticationType.SimplePassword => "simple",
        BfdAuthenticationType.KeyedMd5 => "md5",
        BfdAuthenticationType.MeticulousKeyedMd5 => "meticulous-md5",
        BfdAuthenticationType.KeyedSha1 => "sha1",
        BfdAuthenticationType.MeticulousKeyedSha1 => "meticulous-sha1",
        _ => "none",
    };

    public static bool TryParse(string? name, out BfdAuthenticationType type)
    {
        type = name switch
        {
            "simple" => BfdAuthenticationType.SimplePassword,
            "md5" => BfdAuthenticationType.KeyedMd5,
            "meticulous-md5" => BfdAuthenticationType.MeticulousKeyedMd5,
            "sha1" => BfdAuthenticationType.KeyedSha1,
            "meticulous-sha1" => BfdAuthenticationType.MeticulousKeyedSha1,
            _ => BfdAuthenticationType.None,
        };
        return name == NameOf(type);
    }
}
