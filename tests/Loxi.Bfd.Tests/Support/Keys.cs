namespace Loxi.Bfd.Tests.Support;

/// <summary>Authentications of the tests.</summary>
internal static class Keys
{
    public static readonly BfdAuthentication Sha1 = Of(BfdAuthenticationType.MeticulousKeyedSha1, (7, "a secret of twenty b"));

    public static readonly BfdAuthentication OtherSha1 = Of(BfdAuthenticationType.MeticulousKeyedSha1, (7, "another secret"));

    public static BfdAuthentication Of(BfdAuthenticationType type, params (int Id, string Secret)[] keys) => new(type, [.. keys.Select(k => BfdKey.FromText(k.Id, k.Secret))]);
}
