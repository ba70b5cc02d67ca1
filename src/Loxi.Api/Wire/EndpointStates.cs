namespace Loxi.Api.Wire;

/// <summary>The states of an endpoint on the wire.</summary>
public static class EndpointStates
{
    /// <summary>It gets new connections.</summary>
    public const string Active = "active";

    /// <summary>It is down.</summary>
    public const string Inactive = "inactive";

    /// <summary>It keeps its connections and gets no new ones.</summary>
    public const string Draining = "draining";
}
