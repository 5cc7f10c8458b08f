module api-svc

go 1.19
