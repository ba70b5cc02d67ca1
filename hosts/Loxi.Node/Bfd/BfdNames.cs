using System.Globalization;
using System.Text.Json;
using Loxi.Bfd;
using Loxi.Bfd.Session;

namespace Loxi.Node.Bfd;

/// <summary>How states, causes and reasons are spelled on the wire: states as in loxilb, the others in camel case.</summary>
internal static class BfdNames
{
    public static string Of(BfdState state) => state switch
    {
        BfdState.AdminDown => "BFDAdminDown",
        BfdState.Init => "BFDInit",
        BfdState.Up => "BFDUp",
        _ => "BFDDown",
    };

    /// <summary>Null for none; a number for what the standard has no name for.</summary>
    public static string? Of(BfdDiagnostic diagnostic) =>
        diagnostic == BfdDiagnostic.None ? null
        : Enum.IsDefined(diagnostic) ? Camel(diagnostic.ToString())
        : ((byte)diagnostic).ToString(CultureInfo.InvariantCulture);

    public static string Of(BfdTransitionCause cause) => Camel(cause.ToString());

    public static string Of(BfdDiscardReason reason) => Camel(reason.ToString());

    public static string Of(BfdOrigin origin) => origin == BfdOrigin.Flag ? "ka" : "api";

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
