namespace Loxi.Api.Mapping;

/// <summary>What a request does; the numbers are those of <c>oper</c> in the REST API.</summary>
public enum ServiceOperation
{
    /// <summary>Creates the service, or takes the place of the one with the same key.</summary>
    Replace = 0,

    /// <summary>Adds endpoints to a service that is there; those that it has get the weight and state of the request.</summary>
    Attach = 1,

    /// <summary>Takes endpoints from a service that is there, and deletes it with the last one.</summary>
    Detach = 2,
}
