from crm.assessment.views.blueprint import bp
